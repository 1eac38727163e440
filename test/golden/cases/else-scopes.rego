package golden.else_scopes

# Each branch has its own `x`: a text, an object, a list.
shown := x if {
	x := input.model.id
	startswith(x, "m")
} else := x if {
	x := {"family": input.model.family}
	x.family == "llama"
} else := x if {
	x := [group | some group in input.identity.groups]
	count(x) == 2
}

limit(level) := n if {
	n := 1
	level == n
} else := n if {
	n := concat("-", ["level", level])
	startswith(n, "level-a")
} else := [level, n] if {
	some n in [{"k": 1}, {"k": 2}]
	n.k == 2
}

deny contains "unsafe in the else" if other

other if {
	x := input.model.family
	x == "nova"
} else if {
	not x
}

deny contains limit(input.model.id) if shown == "m-1"

# What a parameter is computed from belongs to each branch.
named($"{x}-1") := x if {
	x := "m"
} else := x if {
	x := "n"
}

deny contains named(input.model.id) if shown == "m-2"
