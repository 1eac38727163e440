# What a name stands for in a body and in what is inside it, and what braces and bodies stand for.
# input: {"a":1}
# data.p.shadow: [6]
# data.p.before: [6]
# data.p.closure: [1,2]
# data.p.two: [[1,2],[3]]
# data.p.head: [1]
# data.p.nested: [[20]]
# data.p.body: 1
# data.p.braces: true
# data.p.object: true
# data.p.union: true
# data.p.keys: true
# data.p.contained: [false]
package p

shadow := y if { x := 5; y := [x | x := x + 1] }

before := y if { x := 5; y := [x | x == 5; x := 6] }

closure := y if { some i; y := [z | z := [1, 2][i]] }

two := y if { some i; y := [[z | z := [1, 2][i]], [z | z := [3][i]]] }

head := [x | x := 1] if { x := 2; x == 2 }

nested := y if { x := 1; y := [[x | x := x + z] | x := 10; z := x] }

body := 1 if { input.a == 2 } { input.a == 1 }

braces if {x | x := 1} == {1}

object if {"a": false}

union if {1 | 2}

keys := 0, 1 in [1]

contained contains 0, 2 in [1]
