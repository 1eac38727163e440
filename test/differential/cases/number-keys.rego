# The keys of an object that a rule makes need not be strings.
# input: {}
# data.p.literal: ["x"]
# data.p.made: [2]
# data.p.rule: [1]
# data.p.left: [1]
package p

r[n] := n if some n in [1, 2]

literal := [v | some k, v in {1.5: "x"}; k == 1.5]

made := [k | some k, _ in {n: true | some n in [1, 2]}; k > 1]

rule := [k | some k, _ in r; k == 1]

left := [k | some k, _ in object.remove({1: 2, 3: 4}, [3]); k == 1]
