package p

x := f(
	1,
	2,
	# a comment at the end stays among the arguments
)

f(
	# one in front of what is on one line too
	a, b
) := 1

y if {
	input.a ==
	# one within a line goes behind it
	2
}

z := 1 if {
	input.x
} else :=
# also here
2 if {
	input.y
}

e := 1 if {
	input.x
} else := 2 if { # behind the bracket
	input.y
}

q.a := 1
