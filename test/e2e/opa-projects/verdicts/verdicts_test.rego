package test_it

test_five := 5

test_set contains "a" if true

test_cases[n] if {
	some n, tc in {"one": 1, "two": 2}
	tc == 1
}

test_all[n] if {
	some n, tc in {"one": 1, "two": 2}
	tc > 0
}

test_off[x] := false if some x in ["a"]

test_value[x] := x if some x in [1]

test_none[x] if some x in []

test_plain := true

test_part.a := true

test_lost.a.b if false

test_entry.of := {"a": true}

test_deep[k].of[n] if {
	k := "x"
	some n, tc in {"one": 1, "two": 2}
	tc == 1
}

test_below.of[n] if {
	some n, tc in {"one": 1}
	tc == 1
}

test_noted[tc.note] if {
	some tc in [{"note": "a", "v": 1}, {"note": "b", "v": 2}, {"v": 3}]
	tc.v == 1
}

test_called[sprintf("%d", [n])] if {
	some n in [1, 2]
	not names[n] == "c"
}

test_named[names[i]] if {
	some i in [0, 1]
	i == 1
	names[i] == "b"
}

test_early[n] if {
	n > 1
	n = [1, 2][_]
}

test_object[{"a": n}] if {
	some n in [1, 2]
	n == 2
}

test_several[n] if some n in [1]

test_several[n] if {
	some n in [1, 2]
	n == 2
}

test_key["a"] := true

test_number[1] := true

default test_default := false

test_default if true

test_else if {
	false
} else if {
	true
}

test_conflict := n if some n in [1, 2]

test_printed[n] if {
	some n in ["a", "b"]
	print("tried", n)
	n == "a"
}

group.test_inner := true

group["test_named"] := true

todo_test_later.a if false

names := ["a", "b", "c"]
