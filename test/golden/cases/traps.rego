# Rego that reads as if it said something else, and beside it what says it.
package traps

missing contains label if {
	some label in ["pii.email", "pii.phone"]
	not label in input.labels
}

limits[group] := 10 if some group in input.identity.groups

allow if input.identity.groups[_] != "banned"

allow if {
	some group in input.identity.groups
	group != "guests"
}

allow if count([1 | input.identity.groups[_] != "staff"]) > 2

allow if {
	model = input.model.id
	model == "m-1"
}

allow if {
	model := input.model.id
	model = "m-1"
}

allow if missing = {"pii.email"}

allow if {
	[surface, "converse"] = [input.request.surface, input.request.operation]
	surface == "bedrock"
}

allow if not missing

allow if not limits

allow if {
	missing
	count(missing)
	is_string(input.model.id)
	is_string(input.model.version)
	input.request.stream
}

allow if missing == "pii.email"

allow if missing != "pii.email"

# allow unequal-to-some: one other group is enough here
allow if input.identity.groups[_] != "interns"

deny contains sprintf("%d of %s", [1]) if input.stage == "request"

deny contains sprintf("100%% of %5.2f", [1, 2]) if input.stage == "request"

deny contains sprintf("%*d, %-5s and 100%%", [5, 1, "a"]) if input.stage == "request"

deny contains sprintf("%[2]s", ["a", "b"]) if input.stage == "request"

allow if {
	some tool in input.request.tools
	not tool in ["shell", "browser"]
	not startswith(tool, "x-")
}

allow if {
	some tool in input.request.tools
	startswith(tool, "read-")
	not tool in ["read-all"]
}

deny contains "a tool that is not known" if {
	some tool in input.request.tools
	not tool in ["shell", "browser"]
}
