# An entry under a constant key has branches.
# input: {}
# data.p.number: {"1":3,"2":4}
# data.p.deep: {"a":{"2":{"c":5}}}
# data.p.tried: {"true":1}
# data.p.none: {}
package p

number[1] := 2 if false else := 3

number[2] := x if { some x in [4] } else := 5

deep.a[2].c := 2 if input.x else := 3 if input.y else := 5

tried[true] := 1 if { true } else := x if { some x in [1, 2] }

none[1] := 2 if false else := 3 if input.x
