# METADATA
# title: Texts
# description: What is shared between packages.
package lib.strings

import rego.v1

# normalize trims a text and makes it lower case.
normalize(text) := lower(trim_space(text))

default is_blank(_) := false

is_blank(text) if normalize(text) == ""

initials(name) := concat("", [upper(substring(part, 0, 1)) | some part in split(trim_space(name), " ")])

# bearer is the token of an Authorization header.
bearer(header) := token if {
	[scheme, token] := split(header, " ")
	normalize(scheme) == "bearer"
} else := ""
