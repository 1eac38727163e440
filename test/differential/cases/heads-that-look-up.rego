# What a part of a head looks up gives a variable its value for the other parts.
# input: {}
# data.p.value: {"a":1,"b":2}
# data.p.called: {"a":2,"b":3}
# data.p.both: {"a":2}
# data.p.closed: {"a":3,"b":4}
# data.p.deep: {"a":{"x":2}}
# data.p.member: [[1,"a"],[2,"b"]]
package p

q := {"a": 1, "b": 2}

r := {"a": 1, "c": 2}

s := {"a": {"x": 2}}

value[x] := q[x]

called[x] := q[x] + 1

both[x] := q[x] + r[x]

closed[x] := sum([1 | q[_]]) + q[x]

deep[x][y] := s[x][y]

member contains [q[x], x]
