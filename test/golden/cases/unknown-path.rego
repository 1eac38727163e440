package golden

# One made-up path in the input, directly and through an alias.
deny contains "x" if input.request.max_tokns > 10

deny contains "y" if {
	m := input.model
	m.famly == "claude"
}
