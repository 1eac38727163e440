package golden.hiding_messages

import rego.v1

allow if input.stage == "request"

# The first stands in for the second: what it says is there whatever is missing.
deny contains sprintf("%s sets no limit", [input.model.id]) if not input.request.max_tokens

deny contains $"{input.request.max_tokens} is too much" if input.request.max_tokens > 4096

# Nothing stands in: a message of something that may be missing is no deny without it.
deny contains sprintf("%s is nobody", [input.identity.tenant]) if not input.identity.subject

deny contains "a guest" if startswith(input.identity.subject, "guest-")

# Nor one whose width is too much to be formatted.
deny contains sprintf("%20000d", [1]) if not input.request.source_ip

deny contains "from outside" if not net.cidr_contains("10.0.0.0/8", input.request.source_ip)
