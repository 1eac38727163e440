# Conditions that exclude each other, and some that only look as if they did.
package never

allow if {
	input.model.id == "m-1"
	input.model.id == "m-2"
}

allow if {
	model := input.model.id
	model == "m-1"
	input.model.id in ["m-2", "m-3"]
}

allow if {
	input.request.max_tokens < 1
	input.request.max_tokens > 2
}

allow if {
	input.request.max_tokens > 1
	not input.request.max_tokens > 1
}

allow if {
	some group in input.identity.groups
	group == "a"
	group == "b"
}

allow if {
	input.identity.groups[_] == "a"
	input.identity.groups[_] == "b"
}

allow if {
	input.stage != "request"
	input.stage != "retrieval"
	input.stage != "response"
	input.stage != "action"
}

allow if {
	"pii.email" in input.labels
	not "pii.email" in input.labels
}

allow if {
	startswith(input.model.id, "anthropic.")
	startswith(input.model.id, "amazon.")
}

allow if {
	input.request.stream
	every document in input.documents {
		input.request.stream == false
		document.id != ""
	}
}

allow if {
	input.usage.day.tokens < input.usage.week.tokens
	input.usage.week.tokens < input.usage.day.tokens
}

allow if false

allow if {
	input.model.id == "m-1"
	data.never.other with input.model.id as "m-2"
}

other if input.model.id == "m-2"

allow if {
	some i
	input.documents[i].id == "a"
	some j
	input.documents[j].id == "b"
}
