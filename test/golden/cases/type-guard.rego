package golden

allow if {
	is_number(input.identity.claims.level)
	input.identity.claims.level >= 3
}

allow if {
	input.action.parameters.amount < 10
	is_number(input.action.parameters.amount)
}
