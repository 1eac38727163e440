package with_path

allow if {
	input.stage == "request" with input.stge as "request"
}
