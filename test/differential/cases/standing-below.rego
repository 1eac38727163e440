# What stands in for a function may be a part of a rule's value.
# data.q.entry: {"a":[]}
# data.q.rule: {"b":{"a":[]}}
# data.q.part: []
package p

f(a, b) := b

package q

r[k]["a"] := [] if {
	1 in data.p
	{"a": "a"} = {"a": k}
}

r.b.a := []

entry := x if x := data.p.f(1, 1) with data.p.f as r["b"]

rule := x if x := data.p.f(1, 1) with data.p.f as r

part := x if x := data.p.f(1, 1) with data.p.f as r.b.a
