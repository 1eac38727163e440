# A variable in a document's path tries the names there, and only what is asked for below them is evaluated: not
# rules that conflict beside it, nor the rule that asks.
# input: {"x": 1, "n": "b", "pkg": "p"}
# data.p.allowed: ["b","d"]
# data.p.values: {"b":true,"c":false,"d":7}
# data.p.named: true
# data.p.replaced: ["e"]
# data.p.router: true
# data.p.everything: ["p"]
# data.p.early: true
# data.p.one: true
# data.p.looked_for: {"allow":7}
# data.p.reached: eval_conflict_error
package p

a.b.allow if input.x == 1

a.c.allow := false

a.c.broken := 1 if input.x == 1

a.c.broken := 2 if input.x == 1

a.d := {"allow": 7}

allowed contains name if a[name].allow

values[name] := a[name].allow

named := a[input.n].allow


replaced contains name if {
	some name
	a[name].allow == 9 with data.p.a.e as {"allow": 9}
}

router := data[input.pkg].a[input.n].allow


everything contains name if data[name].a.d.allow

reached contains [x, y] if a[x][y] == 7

early if a[name]

# The first member is enough, and those behind it are not evaluated.
one if {
	some _, _ in a
}

looked_for := v if {
	some "d", v in a
}
