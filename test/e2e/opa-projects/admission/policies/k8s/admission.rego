package kubernetes.admission

import data.config.registries
import data.lib.k8s

# METADATA
# title: Images
# description: Images come from our registries.
# custom:
#   severity: high
deny contains msg if {
	some container in k8s.containers
	not from_registry(container.image)
	annotation := rego.metadata.rule()
	msg := sprintf("%s: image '%v' comes from nowhere (%s)", [annotation.title, container.image, annotation.custom.severity])
}

deny contains msg if {
	some i, container in k8s.containers
	not container.resources.limits.memory
	msg := sprintf("container %d has no memory limit", [i])
}

deny contains msg if {
	input.request.kind.kind == "Pod"
	input.request.object.spec.hostNetwork == true
	msg := concat(" ", ["no", "host", "network"])
}

violation contains {"msg": msg, "details": {"missing": missing}} if {
	provided := {label | some label, _ in input.request.object.metadata.labels}
	required := {label | some label in data.config.required_labels}
	missing := required - provided
	count(missing) > 0
	msg := sprintf("you must provide labels: %v", [missing])
}

from_registry(image) if {
	some registry in registries
	startswith(image, registry)
}

from_registry(image) if not contains(image, "/")

main := {
	"apiVersion": "admission.k8s.io/v1",
	"kind": "AdmissionReview",
	"response": response,
}

default response := {"allowed": true}

response := {"allowed": false, "status": {"message": reason}} if {
	reason := concat(", ", sort(deny))
	reason != ""
}

patch := [{"op": "add", "path": "/metadata/labels/team", "value": team}] if {
	team := data.config.teams[input.request.namespace]
	not input.request.object.metadata.labels.team
}

mutated := json.patch(input.request.object, patch)

ports := {port | walk(input, [path, port]); path[count(path) - 1] == "containerPort"}

reach[node] := graph.reachable(data.config.graph, {node}) if some node, _ in data.config.graph

level := "critical" if {
	count(deny) > 2
} else := "warning" if {
	count(deny) > 0
} else := "ok"

quota[ns].used := used if {
	some ns, pods in data.config.usage
	used := sum([p.cpu | some p in pods])
}

quota[ns].left := left if {
	some ns, _ in data.config.usage
	left := 10 - quota_used(ns)
}

quota_used(ns) := sum([p.cpu | some p in data.config.usage[ns]])

first_match := [r | some r in registries; startswith(input.image, r)][0]

semver_ok if semver.compare(input.version, "1.10.0") >= 0

cidr_ok if net.cidr_contains("10.0.0.0/8", input.ip)

expired if time.parse_rfc3339_ns(input.until) < time.now_ns()

decoded := json.unmarshal(base64.decode(input.payload))

grouped[team] contains ns if some ns, team in data.config.teams

template := strings.render_template("Hello {{.name}}", {"name": input.name})
