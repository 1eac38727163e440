package p

r.s := true if input.x

r.t[k] := true if some k in input.y

r["u"] := true if input.x

r["v w"] := true if input.x

a := true

b[1] := true if input.x

c[input.k].d := true if input.x

p["a"] if input.x


p3[input.k] := true if input.x

p4[[1, 2]] := true if input.x

p5[k] := true if k := 1

p6["a-b"] := 1

p7["in"] := 1

p8["if"].x := 1

p9["a"].b contains 1
