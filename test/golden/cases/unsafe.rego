package golden

allow if x == 1

allow if {
	not input.identity.groups[_] == "blocked"
}

deny contains reason if input.stage == "request"
