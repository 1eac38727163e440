# Rules with one value each of which two hold at once, where that can be proved; and one that is there twice.
package one

limit := 10 if input.model.id == "m-1"

limit := 20 if input.stage == "request"

apart := 1 if input.stage == "request"

apart := 2 if input.stage == "response"

range := "low" if input.request.max_tokens < 100

range := "high" if input.request.max_tokens > 50

exact := "low" if input.request.max_tokens < 100

exact := "high" if input.request.max_tokens >= 100

unknown := 1 if startswith(input.model.id, data.one.prefix)

unknown := 2 if input.stage == "request"

prefix := "m"

default chained := 0

chained := 1 if {
	input.stage == "request"
} else := 2 if {
	input.model.id == "m-1"
}

fixed := 1

fixed := 1.0

fixed := 2

allow if {
	model := input.model.id
	model in ["m-1", "m-2"]
}

allow if {
	id := input.model.id
	id in ["m-1", "m-2"]
}
