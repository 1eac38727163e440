# What a rule says under "1" is not under 1.
# input: {"keys": ["1"]}
# data.p.through: undefined
# data.p.direct: undefined
# data.p.text: 1
# data.p.number: 2
package p

r[k] := 1 if some k in input.keys

copy := r

numbers[1] := 2

through := copy[1]

direct := r[1]

text := copy["1"]

number := numbers[1]
