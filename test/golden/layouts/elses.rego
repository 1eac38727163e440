package p

q := 1 if 1 > 0 else := 2 if 2 > 1

r := 1 if {
	input
} else := 2 if {
	true
}

u := 1 if { input }
else := 2 if {input.x} else := 3

v if { input; input.x } else := true if input.x

w := 1 if {
	input
}

# about it
else := 2

x := 1 if {
	input.x
} else := 2 if {
	input.y # why
} # end
