# What METADATA says of a rule, to the rule itself.
# input: {}
# data.p.entry: {}
# data.p.said: {"schemas":[{"path":["input"],"schema":["schema","foo"]},{"path":["input","a"],"schema":["schema","a-b","c"]},{"definition":{"type":"object"},"path":["data","acl"]}],"scope":"rule"}
# data.p.chain: ["document"]
package p

# METADATA
# entrypoint: true
# title: T
entry := rego.metadata.rule()

# METADATA
# schemas:
#   - input: schema.foo
#   - input.a: schema["a-b"].c
#   - data.acl: {type: object}
said := rego.metadata.rule()

# METADATA
# entrypoint: true
chain := [link.annotations.scope | some link in rego.metadata.chain(); link.annotations]
