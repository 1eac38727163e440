package golden

import data.limits
import data.unused_thing

allow if count(input.labels, 1, 2)

allow if lenght(input.labels) == 0

allow if data.limts.tokens > 1

deny contains "x" if {
	used := input.model.id
	unused := input.model.family
	used == "m"
}
