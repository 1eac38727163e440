# METADATA
# scope: package
# title: Bookshop
# authors:
# - Shop <shop@example.invalid>
package authz

import data.lib.strings
import data.lib.time as clock

default allow := false

allow if {
	user.active
	some permission in permissions
	permission == sprintf("%s:%s", [input.resource, input.action])
	count(deny) == 0
}

user := data.users[strings.normalize(input.user)]

permissions contains permission if {
	some role in user.roles
	some permission in data.roles[role].permissions
}

# METADATA
# title: Nobody refunds on weekends.
# entrypoint: true
deny contains msg if {
	input.action == "refund"
	clock.is_weekend
	msg := "no refunds on weekends"
}

deny contains sprintf("%v is over the limit of %v", [input.amount, limit]) if {
	input.action == "refund"
	limit := refund_limit
	input.amount > limit
}

deny contains {"code": "country", "country": input.country} if {
	input.country
	not input.country in data.limits.countries
}

refund_limit := max([limit | some role in user.roles; limit := data.limits.refund[role]])

claims := payload if {
	token := strings.bearer(input.headers.authorization)
	[true, _, payload] = io.jwt.decode_verify(token, {"secret": "s3cret", "alg": "HS256"})
}

# A directory is asked.
department := response.body.department if {
	response := http.send({"method": "GET", "url": "https://directory.invalid/users", "raise_error": false})
	response.status_code == 200
} else := user.department

by_department[department] contains name if {
	some name, person in data.users
	department := person.department
}

level[name] := "high" if {
	some name, person in data.users
	"admin" in person.roles
}

shape.circle.area := area if {
	area := (input.radius * input.radius) * 3
}

shape.square.area := input.side * input.side

partial[kind][name] := size if {
	some kind, sizes in {"box": {"small": 1, "large": 2}, "bag": {"small": 3}}
	some name, size in sizes
}

risk(person) := "none" if {
	not person.active
} else := "high" if {
	"admin" in person.roles
} else := "low"
