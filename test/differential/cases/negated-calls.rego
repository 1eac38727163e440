# What a negated call refers to must be there; a negated reference, or a side of an equation, need not.
# input: {}
# data.p.call: undefined
# data.p.built_in: undefined
# data.p.sum: undefined
# data.p.member: undefined
# data.p.nested: [2]
# data.p.equation: true
# data.p.reference: true
# data.p.within_equal: undefined
# data.p.compared: undefined
# data.p.every_item: undefined
# data.p.with_result: true
package p

call if not f(input.missing)

built_in if not startswith(input.missing, "a")

sum if not input.missing + 1 == 2

member if not "a" in input.missing

nested contains x if {
	some x in [1, 2]
	not f(g(x))
}

equation if not input.missing == 1

reference if not input.missing.deeper

within_equal if not [input.missing] == [1]

compared if not input.missing != 1

every_item if not every_of(input.missing)

every_of(xs) if {
	every x in xs { x > 1 }
}

with_result if not f(1, true)

f(x) if x > 5

g(x) := x if x > 1
