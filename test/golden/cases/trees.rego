package golden

allow if {
	input.stage == "request"
	input.model.id in data.models
}

allow if {
	input.stage == "response"
	"staff" in input.identity.groups
}

deny contains "long" if {
	input.stage == "request"
	input.request.max_tokens > data.limits.tokens
}

deny contains "big" if {
	input.stage == "request"
	input.request.max_tokens > 8192
}

deny contains "huge" if {
	input.stage == "request"
	input.request.max_tokens >= 100000
}

deny contains "labelled" if {
	sensitive
	not trusted
}

sensitive if "pii.ssn" in input.labels

sensitive if "pci.card" in input.labels

trusted if "clinicians" in input.identity.groups

oblige contains {"retain": "7y"} if input.model.provider != "amazon"
