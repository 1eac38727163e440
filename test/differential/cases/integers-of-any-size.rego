# Integers of more than 64 bits are exact, however they are written.
# input: {}
# data.p.next: "18446744073709551618"
# data.p.spelt: "1000000000000000000000000000001"
# data.p.counted: "18446744073709551620"
# data.p.halved: "18446744073709551617"
# data.p.same: 1
# data.p.found: "x"
# data.p.below: true
# data.p.rest: "1"
package p

next := sprintf("%v", [18446744073709551617 + 1])

spelt := format_int(1e30 + 1, 10)

counted := sprintf("%d", [sum([18446744073709551617, 1, 2.0])])

halved := sprintf("%d", [36893488147419103234 / 2])

same := count({18446744073709551616 * 64, 1180591620717411303424, 1.180591620717411303424e21})

found := {1180591620717411303424: "x"}[18446744073709551616 * 64]

below if 18446744073709551617 < 18446744073709551616 + 2

rest := format_int(18446744073709551617 % 18446744073709551616, 10)
