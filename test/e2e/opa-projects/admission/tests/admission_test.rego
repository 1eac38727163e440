package kubernetes.admission_test

import data.kubernetes.admission
import data.kubernetes.admission as a

pod(image) := {"request": {
	"kind": {"kind": "Pod"},
	"namespace": "prod",
	"object": {
		"metadata": {"name": "x", "labels": {"app": "shop"}},
		"spec": {"containers": [{"name": "c", "image": image, "resources": {"limits": {"memory": "1Gi"}}, "ports": [{"containerPort": 80}]}]},
	},
}}

test_good_image if {
	count(admission.deny) == 0 with input as pod("registry.example/app:1")
}

test_bad_image if {
	admission.deny == {"Images: image 'evil.example/app' comes from nowhere (high)"} with input as pod("evil.example/app")
}

test_library_image if admission.deny == set() with input as pod("nginx")

test_no_limits if {
	bad := json.remove(pod("nginx"), ["request/object/spec/containers/0/resources"])
	admission.deny["container 0 has no memory limit"] with input as bad
}

test_host_network if {
	bad := json.patch(pod("nginx"), [{"op": "add", "path": "/request/object/spec/hostNetwork", "value": true}])
	"no host network" in admission.deny with input as bad
	not admission.main.response.allowed with input as bad
}

test_main if {
	admission.main.response == {"allowed": true} with input as pod("nginx")
}

test_violation if {
	some v in admission.violation with input as pod("nginx")
	v.details.missing == {"team"}
	v.msg == `you must provide labels: {"team"}`
}

test_violation_as_key if {
	admission.violation[{"msg": `you must provide labels: {"team"}`, "details": {"missing": {"team"}}}] with input as pod("x")
}

test_registries_mocked if {
	admission.from_registry("other.example/x") with data.config.registries as ["other.example/"]
	not admission.from_registry("other.example/x")
}

test_mutated if {
	admission.mutated.metadata.labels == {"app": "shop", "team": "core"} with input as pod("nginx")
}

test_ports if admission.ports == {80} with input as pod("nginx")

test_reach if admission.reach == {"a": {"a", "b", "c"}, "b": {"b", "c"}, "c": {"c"}, "d": {"a", "b", "c", "d"}}

test_level[name] if {
	some name, denied in {"critical": {"a", "b", "c"}, "warning": {"a"}, "ok": set()}
	admission.level == name with admission.deny as denied
}

test_quota if {
	admission.quota.prod == {"used": 3.5, "left": 6.5}
	admission.quota.dev.used == 0
}

test_semver[version] if {
	some version, ok in {"1.10.0": true, "1.9.9": false, "2.0.0-rc1": true}
	object.get({"v": true}, "v", false) == true
	result := [1 | admission.semver_ok with input.version as version]
	(count(result) == 1) == ok
}

test_cidr if {
	admission.cidr_ok with input.ip as "10.1.2.3"
	not admission.cidr_ok with input.ip as "11.1.2.3"
	not admission.cidr_ok with input.ip as "nonsense"
}

test_expired if {
	admission.expired with input.until as "2020-01-01T00:00:00Z" with time.now_ns as 1700000000000000000
	not admission.expired with input.until as "2030-01-01T00:00:00Z" with time.now_ns as 1700000000000000000
}

test_decoded if admission.decoded.x == [1, 2] with input.payload as base64.encode(`{"x": [1, 2]}`)

test_decoded_garbage if not admission.decoded with input.payload as "!!!"

test_grouped if admission.grouped == {"core": {"prod"}, "tools": {"dev", "test"}}

test_template if admission.template == "Hello you" with input.name as "you"

test_numbers if {
	data.config.nested.deeper.n == 1.5
	data.config.nested.deeper.e == 1000
	json.marshal(data.config.nested.deeper.big) == "123456789012345678901234567890"
}

test_index_in_with if {
	a.first_match == "registry.example/" with input.image as "registry.example/x"
	not a.first_match with input.image as "y"
}

test_undefined_rule if {
	not data.kubernetes.admission.nothing
}

test_counts if {
	print(sprintf("%d %s %v %q %5.2f %x", [1, "s", {"a": [1]}, "q", 3.14159, 255]))
	true
}

test_print_undefined if {
	print("before", input.missing.deep, "after")
	false
}

test_print_many if {
	some x in [1, 2]
	print("x", x)
	x > 5
}

test_runtime_has_env if is_object(opa.runtime())

test_range if count([x | some x in numbers.range(1, 3000)]) == 3000

test_sum_of_products if {
	xs := numbers.range(1, 1000)
	sum([(x * y) | some x in xs; some y in [1, 2, 3]]) == 3003000
}

test_json_schema if {
	[ok, errors] := json.match_schema({"a": 1}, {"properties": {"a": {"type": "string"}}})
	not ok
	count(errors) == 1
}

test_regex if {
	regex.match(`^a+\d$`, "aa1")
	regex.find_n("[a-z]", "a1b2", -1) == ["a", "b"]
	regex.replace("a1b2", "[0-9]", "x") == "axbx"
}

test_glob if glob.match("*.example", ["."], "shop.example")

test_sets if {
	{1, 2} | {3} == {1, 2, 3}
	{1, 2} & {2} == {2}
	{1, 2} - {2} == {1}
	union({{1}, {2}}) == {1, 2}
}

test_hash if crypto.sha256("a") == "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4fdbf7a1bc6f2d8b6b3e"

test_walk if count([p | walk({"a": [1, {"b": 2}]}, [p, _])]) == 5

test_object_functions if {
	object.keys({"a": 1, "b": 2}) == {"a", "b"}
	object.filter({"a": 1, "b": 2}, ["a"]) == {"a": 1}
	object.subset({"a": {"b": 1, "c": 2}}, {"a": {"b": 1}})
}

test_units if {
	units.parse("10Mi") == 10485760
	units.parse_bytes("1KB") == 1000
}

test_graphql if graphql.is_valid("{ a }", "type Query { a: String }")

test_every_empty if {
	every x in [] { x > 1 }
}

test_nested_comprehension if {
	m := {k: v | some k in ["a", "b"]; v := {x | some x in [1, 2]; x > 1}}
	m == {"a": {2}, "b": {2}}
}

test_string_functions if {
	split("a,b", ",") == ["a", "b"]
	trim_left("xxa", "x") == "a"
	strings.reverse("abc") == "cba"
	indexof_n("abab", "b") == [1, 3]
	format_int(255, 16) == "ff"
	sprintf("%v", [{"b": 1, "a": [null, true]}]) == `{"a": [null, true], "b": 1}`
}

test_timing if {
	time.weekday(0) == "Thursday"
	time.format([0, "Europe/Berlin", "RFC3339"]) == "1970-01-01T01:00:00+01:00"
	time.date([1700000000000000000, "Asia/Tokyo"]) == [2023, 11, 15]
	time.add_date(0, 1, 1, 1) == 34300800000000000
	time.diff(0, 90061000000000) == [0, 0, 1, 1, 1, 1]
}
