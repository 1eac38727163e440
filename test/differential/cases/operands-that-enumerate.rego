# An operand may need what one beside it enumerates, however deep the call is.
# input: {"list": ["ab", "ba"], "n": 1}
# data.p.found: [0,1]
# data.p.none: undefined
package p

found contains i if substring(input.list[i], i, 1) == "a"

none := 1 if {
	substring([][v1], v1, 1) == "a"
	input.n == 1
	{"a": 1} = {"a": v1}
}
