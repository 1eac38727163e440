package golden

allow {
	input.stage == "request"
}

deny contains "x" if {
	input.stage = = "request"
	input.labels[
	input.model.id == "m"
}

s := "not closed

fine if input.stage == "request"
