# Of two values under one constant key the later one counts.
# input: {}
# data.p.texts: {"a":2,"b":3}
# data.p.numbers: [2]
# data.p.called: 3
package p

texts := {"a": 1, "b": 3, "a": 2}

numbers := [v | some v in {1: 1, 1.0: 2}]

f({"a": 1, "a": 2}) := 3

called := f({"a": 2})
