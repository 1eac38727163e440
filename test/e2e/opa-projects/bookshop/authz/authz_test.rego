package authz_test

import data.authz
import data.lib

request := {"user": " Alice ", "resource": "orders", "action": "refund", "amount": 20}

monday := 1732521600000000000

saturday := time.parse_rfc3339_ns("2024-11-23T10:00:00Z")

test_admin_may_refund if {
	authz.allow with input as request with time.now_ns as monday
}

test_not_on_weekends if {
	not authz.allow with input as request with time.now_ns as saturday
	authz.deny == {"no refunds on weekends"} with input as request with time.now_ns as saturday
}

test_over_limit if {
	expensive := object.union(request, {"amount": 501})
	authz.deny == {"501 is over the limit of 500.5"} with input as expensive with time.now_ns as monday
}

test_limit_with_other_data if {
	authz.refund_limit == 7 with input as request with data.limits.refund as {"admin": 7}
}

test_country_is_refused if {
	some message in authz.deny with input as {"country": "US"}
	message.code == "country"
}

test_norway_is_a_text if authz.deny == set() with input.country as "NO"

test_nobody_is_denied if not authz.allow with input as {"user": "mallory"}

test_default_is_false if authz.allow == false with input as {}

test_inactive if {
	not authz.allow with input as {"user": "carol", "resource": "books", "action": "read"}
}

test_permissions if {
	authz.permissions == {"books:read", "orders:read"} with input.user as "bob"
}

test_claims if {
	token := io.jwt.encode_sign({"alg": "HS256", "typ": "JWT"}, {"sub": "bob"}, {"kty": "oct", "k": "czNjcmV0"})
	authz.claims.sub == "bob" with input.headers.authorization as sprintf("Bearer %s", [token])
}

test_claims_of_forged_token if {
	not authz.claims with input.headers.authorization as "Bearer abc.def.ghi"
}

test_claims_mocked if {
	authz.claims == {"sub": "x"} with io.jwt.decode_verify as [true, {}, {"sub": "x"}]
		with input.headers.authorization as "bearer t"
}

mock_send(req) := {"status_code": 200, "body": {"department": "legal"}} if {
	req.method == "GET"
}

test_department_from_directory if {
	authz.department == "legal" with http.send as mock_send
}

test_department_falls_back if {
	authz.department == "sales" with http.send as {"status_code": 500} with input.user as "bob"
}

test_by_department if {
	authz.by_department == {"it": {"alice"}, "sales": {"bob", "carol"}}
}

test_shapes if {
	json.marshal(authz.shape) == `{"circle":{"area":12},"square":{}}` with input as {"radius": 2}
	authz.shape.square.area == 9 with input as {"side": 3}
}

test_partial if {
	authz.partial.box.large == 2
	count(authz.partial) == 2
}

test_risk[name] if {
	some name, expected in {"alice": "high", "bob": "low", "carol": "none"}
	authz.risk(data.users[name]) == expected
}

test_risk_mocked if {
	authz.risk(data.users.alice) == "mocked" with authz.risk as "mocked"
}

test_function_by_function if {
	lib.strings.normalize(" A ") == "<A>" with lower as bracket
}

bracket(text) := sprintf("<%s>", [text])

todo_test_refund_history if {
	authz.history == []
}
