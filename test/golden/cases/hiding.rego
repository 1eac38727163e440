package golden

# What is optional in the schema must not gain access by being left out.
allow if "staff" in input.identity.groups

allow if {
	"contractors" in input.identity.groups
	not input.identity.tenant == "blocked"
}

deny contains "silent" if input.request.max_tokens > 100

deny contains "covered" if input.identity.subject == "mallory"

deny contains "subject missing" if not input.identity.subject

deny contains "action" if {
	input.stage == "action"
	input.action.name == "transfer"
	input.action.parameters.amount > 10
}
