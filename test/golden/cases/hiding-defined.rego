package hiding_defined

# Each of these holds because something is missing, though nothing in it says `not`.

allow if {
	every limit in [input.request.max_tokens | true] { limit < 4097 }
}

allow if {
	profile := object.get(input.model, "profile", "none")
	profile == "none"
}

default cap := 0

cap := input.request.max_tokens

allow if cap < 100

allow if count({group | some group in input.identity.claims.groups}) == 0

tokens(otherwise) := input.request.max_tokens

tokens(otherwise) := otherwise if not input.request.max_tokens

allow if tokens(1) < 10
