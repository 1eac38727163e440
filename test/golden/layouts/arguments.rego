package p

f(a, # the first
	b) := a if a > b # why

g(
	a, # the first
	# about b
	b, # the second
) := a if {
	a > b # why
}

h( # open
	a,
	b
) if {
	a # )
	b
}

i({"a": a, # obj
"b": b}, [c, # c
d]) := a if b

j(a, b # second
) := a

k(a,
  b,
  # note
  c) := 1

default l(_, # one
_) := 1
