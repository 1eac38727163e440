package golden

deny contains "stage" if input.stage in {"reqest", "action"}

deny contains "other stage" if not input.stage in ["request", "respnse"]

deny contains "label" if {
	some label in input.labels
	label in {"pii.emial", "pii.ssn", "own.label"}
}

allow if input.model.id in {"m-1", "m-2"}
