package t

p if true

q contains 1 if true

f(x) := 1 if true

g(x) if true

h := 1 if true

j if {
	true
} else := 2 if { true }

m := true if true

o.b.c if { true }

r if { true; true }

s := false if { true } # no

t if { input } else if true
