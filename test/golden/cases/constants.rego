package golden

import rego.v1

# Names for constants and paths keep nothing from the tree.
admins := {"admins", "security"}

limits := {"tokens": 4096}

preview := {"opus-next": true, "haiku-next": false}

allow if {
	caller := input.identity
	some group in admins
	group in caller.groups
	input.request.max_tokens <= limits.tokens
}

allow if {
	group := input.identity.groups[_]
	admins[group]
	not preview[input.model.id]
}

deny contains reason if {
	preview[input.model.id]
	limit := limits.tokens / 2
	input.request.max_tokens > limit
	reason := "too many tokens for a preview"
}
