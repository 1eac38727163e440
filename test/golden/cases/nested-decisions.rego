package golden

allow if "dev" in input.identity.groups

allow.admin if input.stage == "request"

deny["x"] if input.stage == "request"

deny.y contains "a" if input.stage == "request"

redact["pii.email"] if input.stage == "request"

oblige.z := "why" if input.stage == "request"
