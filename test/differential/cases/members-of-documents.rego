# Keys below a document are names as long as they are texts; then they are members, and null is one.
# input: {"i": 1, "n": "b", "k": null}
# data.p.last: null
# data.p.named: null
# data.p.first: {"none":true}
# data.p.next: undefined
# data.p.below: 3
package p

x.b := [0, null, {"c": 3}]

o := {input.k: 1, 1: null, 2: {"b": 2}}

last := o[input.i]

named := x[input.n][input.i]

first := {"none": true} if o[input.i] == null

next := o[input.i][input.n]

below := x[input.n][2][lower("C")]
