package golden

deny contains "a" if "pii.snn" in input.labels

deny contains "b" if input.stage == "requets"

redact contains "pii.sn" if input.stage == "request"
