# A rule that is replaced is not asked, nor as a part of its package.
# input: {"two": [1, 2]}
# data.q.whole: {"bad":1,"o":{"b":{}}}
# data.q.keys: ["bad","o"]
# data.q.other: eval_conflict_error
package p

bad := x if some x in input.two

o.b.a := [][_] if true

package q

whole := x if x := data.p with data.p.bad as 1

keys contains k if some k, _ in data.p with data.p.bad as 1

other := x if x := data.p with data.p.o as 1
