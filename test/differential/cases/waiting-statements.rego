# Statements that wait are put behind those that need not: it shows in the order of an array.
# input: {}
# data.p.pairs: [[[10,1],"a"],[[10,2],"a"],[[10,1],"b"],[[10,2],"b"],[[20,1],"a"],[[20,2],"a"],[[20,1],"b"],[[20,2],"b"]]
# data.p.calls: [[2,1],[2,2],[3,1],[3,2]]
# data.p.both: [[0,5],[1,6]]
# data.p.head: ["aa"]
# data.p.no_part: []
package p

pairs := [[v, w] | v = [x, [1, 2][_]]; x = [10, 20][_]; w = ["a", "b"][_]]

calls := [[y, x] | y = plus(abs([1, 2][_]), z); z = 1; x = [1, 2][_]]

both := [[i, x] | x = [5, 6][i]; f(i, x) == i]

head := [[x | x = v] | v := "aa"][0]

f(a, _) := a

no_part contains 1 if {
	[x, x[_]] = [[], 1]
	{"a": []} = {"a": x}
}
