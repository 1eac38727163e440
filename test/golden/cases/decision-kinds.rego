package golden

allow := 7

deny if input.stage == "request"

redact contains 5 if input.stage == "request"

oblige := "x"
