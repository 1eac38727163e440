# A template waits for its variables as a call does. OPA 1.4 has none.
# input: {"list": ["a", "b"]}
# data.p.found: ["a"]
# data.p.none: []
package p

found contains input.list[i] if startswith(input.list[i], $"{["a"][_]}")

found contains 1 if {
	startswith("x", $"{w}")
	input.list[w] = "x"
}

none contains 1 if {
	startswith([][v], $"{v}")
	{"a": 1} = {"a": v}
}
