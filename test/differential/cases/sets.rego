# Sets among the entries of an object, and sets asked by key.
# input: {}
# data.p.entries: {"a":[1]}
# data.p.own: {"b":[]}
# data.p.keyed: undefined
# data.p.list: true
package p

entries[x] contains 1 if x := "a"

entries.b contains 2 if false

own.b contains 2 if false

keyed if 1, 1 in {1}

list if 0, 1 in [1]
