# Under a key that is no text nothing is found in what rules with constant heads make, and none of them is asked.
# input: {"n": 3}
# data.p.found: [1]
# data.p.number: true
package p

r.a := 1

r.b := x if some x in [1, 2]

found contains data.p.r[v] if some v in [7, [1], "a"]

number if not data.p.r[input.n]
