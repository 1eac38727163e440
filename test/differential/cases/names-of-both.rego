# Of a document that is data and rules the names of the data are tried first, then those of the rules; what is both, twice.
# data.q.names: ["a","b","c","d"]
# data.q.values: [1,[2],3,{"five":5}]
# data.q.whole: ["a","b","c","d"]
# data.q.replaced: ["a","b","d","c","d"]
package base.map

c := 3

package base.map.d

five := 5

package q

names := [k | data.base.map[k]]

values := [v | some v in data.base.map]

whole := [k | some k, _ in m] if m := data.base.map

replaced := [k | data.base.map[k] with data.base.map.d.six as 6]
