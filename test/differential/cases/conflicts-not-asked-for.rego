# A conflict beside what is asked for, or behind what is undefined, is not met.
# input: {"map": {"a": 1}}
# data.p.r: eval_conflict_error
# data.q.beside: []
# data.q.other: []
# data.q.met: eval_conflict_error
# data.q.pattern: eval_conflict_error
# data.q.waiting: eval_conflict_error
# data.q.negated: undefined
# data.q.tried: eval_conflict_error
package p

r := x if some x in [1, 2]

package q

beside contains data.p[x] if x = "none"

other contains [input.missing, data.p.r]

met contains [[data.p.r], [][_]]

pattern contains 1 if { {"a": _, "b": data.p.r} = input.map }

waiting contains x if {
	o := {}
	[_, x] = [y, o.none]
	[y, _] = [data.p.r, 1]
}

negated if not data.p.r != sprintf("%v", [input.missing])

tried contains 1 if [][_] == sprintf("%v", [data.p.r])
