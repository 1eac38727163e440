# Operands are looked up before what they are of, one after the other: what is met first, an error or an
# undefined, decides. It shows in the order of an array, too.
# input: {"n": 1, "list": [1, 2], "two": [1, 2]}
# data.p.equations.left: eval_conflict_error
# data.p.equations.right: undefined
# data.p.equations.enumerated: eval_conflict_error
# data.p.equations.missing: undefined
# data.p.equations.within_left: undefined
# data.p.equations.within_right: undefined
# data.p.equations.sets: undefined
# data.p.equations.reference_first: undefined
# data.p.equations.not_equal: 1
# data.p.equations.key_first: eval_conflict_error
# data.p.equations.key_missing: undefined
# data.p.equations.items_first: undefined
# data.p.calls.result_last: undefined
# data.p.calls.argument_first: eval_conflict_error
# data.p.calls.relation: undefined
# data.p.calls.before_references: undefined
# data.p.heads.key: {}
# data.p.heads.called: eval_conflict_error
# data.p.heads.value: eval_conflict_error
# data.p.heads.member: []
# data.p.heads.entry: eval_conflict_error
# data.p.negated.waiting: undefined
# data.p.negated.asked: undefined
# data.p.modified.calls_first: eval_conflict_error
# data.p.modified.call_missing: undefined
# data.p.modified.not_waiting: [2,2,1]
# data.p.scanned.pattern: undefined
# data.p.scanned.within: eval_conflict_error
# data.p.scanned.every_key: eval_conflict_error
# data.p.waiting.call: undefined
# data.p.waiting.list: undefined
# data.p.solutions.constant: 1
# data.p.solutions.variable: eval_conflict_error
# data.p.arrays.head: [10,10,20,20,10,10,20,20]
# data.p.arrays.sides: [[0,0],[0,1],[1,2],[2,0],[2,1]]
# data.p.arrays.call_in_head: [[3,1],[4,1],[3,2],[4,2]]
package p

bad := x if some x in input.two

und := input.two if input.nothing

f(a, b) := a if b

equations.left := 1 if bad = und

equations.right := 1 if und = bad

equations.enumerated := 1 if bad[_] = und[_]

equations.missing := 1 if und[_] = bad[_]

equations.within_left := 1 if [und[_]] = bad[_]

equations.within_right := 1 if bad == {und}

equations.sets := 1 if { {und} = {bad} }

equations.reference_first := 1 if [x | x = bad] == und

equations.not_equal := 1 if not [x | x = bad] == und

equations.key_first := 1 if und[bad]

equations.key_missing := 1 if bad[und]

equations.items_first := 1 if [_, _] = [bad, [1, und][_]]

calls.result_last := 1 if f(1, und, bad)

calls.argument_first := 1 if f(1, bad, und)

calls.relation := 1 if walk(und, [bad, _])

calls.before_references := 1 if count(und) = bad

heads.key[und] := bad

heads.called := {und: f(bad, 1) | true}

heads.value := und[bad]

heads.member contains bad[und]

heads.entry[bad] := und

negated.waiting := 1 if {
	not v + bad
	input.n[v] = _
}

negated.asked := 1 if not f(und, bad)

modified.calls_first := 1 if input.x == 1 with input.b as und with input.a as f(bad, 1)

modified.call_missing := 1 if not bad with input.n as bad with input.m as to_number("a")

modified.not_waiting := [x | not input.a == x with input.a as [1, 2][_]; x = [2, 1, 2][_]]

scanned.pattern := 1 if some [bad, _] in und

scanned.within := 1 if some _, _ in [und, f(bad, 1)]

scanned.every_key := 1 if every x in und[bad] { x == 1 }

waiting.call := 1 if {
	[v, _] = [bad, v + 1]
	input.list[_] = 3
	[v] = [1]
}

waiting.list := 1 if {
	[v, _] = [bad, [v][_]]
	input.list[_] = 3
	[v] = [1]
}

g(x) := y if some y in [x, 1]

solutions.constant := 1 if {
	some x in [1, 0]
	g(x)
}

solutions.variable := y if {
	some x in [1, 0]
	y := g(x)
}

arrays.head := [[10, 20][_] | y = [z, [1, 2][_]]; z = [5, 6][_]; y]

arrays.sides := [[i, j] | [1, 2, 1][i] = [1, 1, 2][j]]

arrays.call_in_head := [[[3, 4][_], abs([1, 2][_])] | true]
