package tests.lib

import data.lib.strings
import data.lib.time as clock

cases := [
	{"note": "empty", "text": "", "want": ""},
	{"note": "spaces", "text": "  A b ", "want": "a b"},
	{"note": "umlaut", "text": "\tÄÖ\n", "want": "äö"},
]

test_normalize[tc.note] if {
	some tc in cases
	got := strings.normalize(tc.text)
	got == tc.want
}

test_initials[name] := initials == strings.initials(name) if {
	some name, initials in {"ada lovelace": "AL", "grace brewster hopper": "GBH", " x ": "X"}
}

test_blank[kind][text] if {
	some kind, texts in {"blank": ["", " "], "not": ["a"]}
	some text in texts
	strings.is_blank(text) == (kind == "blank")
}

test_bearer if {
	strings.bearer("BEARER abc") == "abc"
	strings.bearer("basic abc") == ""
}

test_bearer_of_many_parts if strings.bearer("a b c") == ""

test_weekday if {
	print("what day is it", data.nothing)
	clock.weekday == "friday" with time.now_ns as 0
}

test_weekday_of_epoch if {
	day := clock.weekday with time.now_ns as 0
	print("epoch", day, {"set"}, [1, "a"], null, {"k": 1.5}, input.nothing)
	day == "thursday"
}

test_age if {
	clock.age_in_days("2024-01-01T00:00:00Z") == 31 with time.now_ns as time.parse_rfc3339_ns("2024-02-01T12:00:00Z")
}

test_bad_date_is_undefined if {
	not clock.age_in_days("yesterday")
}

test_bad_date_fails if clock.age_in_days("yesterday") == 1

test_region_data if {
	data.limits.regions.eu[0] == "NL"
	data.limits.regions.other["default"]
	data.limits.requests_per_minute == 60
}

test_conflict if {
	value := {k: v | some k in ["a"]; some v in [1, 2]}
	value.a == 1
}

test_same_name if true

test_same_name if false

test_undefined_function_result if {
	not strings.initials(1)
}

test_every if {
	every tc in cases {
		strings.normalize(tc.text) == tc.want
	}
}

test_number_result := 1

test_string := "true"

test_else if {
	false
} else := false

test_runtime if {
	opa.runtime().env.SECRET == "x" with opa.runtime as {"env": {"SECRET": "x"}}
}

test_random if {
	rand.intn("seed", 10) == 3 with rand.intn as 3
	uuid.rfc4122("a") == uuid.rfc4122("a")
}

todo_test_later if false

not_a_test if false
