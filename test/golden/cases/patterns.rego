# Constants that are handed to functions which fail at them.
package patterns

pattern := "(a"

allow if regex.match("[a", input.model.id)

allow if regex.match(pattern, input.model.id)

allow if regex.replace(input.model.id, "a(?=b)", "") == "b"

allow if glob.match("{a", [], input.model.id)

allow if semver.compare(input.model.id, "1.2") > 0

allow if net.cidr_contains("10.0.0.0/33", input.request.source_ip)

allow if time.parse_rfc3339_ns("2026-13-01T00:00:00Z") < 1

allow if time.parse_duration_ns("1 hour") < 1

allow if units.parse_bytes("4 quux") < 1

allow if {
	some each in ["a+", "[b"]
	regex.match(each, input.model.id)
}

allow if regex.match("^a+$", input.model.id)

allow if glob.match("*.{claude,nova}", ["."], input.model.id)

allow if semver.compare("1.2.3-rc.1", input.model.id) > 0
