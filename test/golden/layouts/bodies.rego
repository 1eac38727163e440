package p

f contains x if {
	x = "hi"
} { # Comment on chain
	x = "bye"
}

h if {
	some v1, # c1
	 v2, # c2
	 v3
	input[v1][v2][v3]
}

i if {
	some a,
	b
	input[a][b]
}

j if {
	some # c
	 a in input
	a
}
