package golden

# allow unused-import: kept for the next rule
import data.limits

# allow unused-variable
deny contains "x" if {
	y := input.model.id
	input.stage == "request"
}

# allow unused-import: nothing here
allow if input.stage == "request"
