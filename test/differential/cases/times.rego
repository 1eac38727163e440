# Times as Go reads them: short hours, capital letters.
# input: {}
# data.p.r0: 1577934245000000000
# data.p.r1: undefined
# data.p.r2: undefined
# data.p.r3: 1577934245500000000
# data.p.r4: 1577847845000000000
# data.p.r5: 1577847845000000000
# data.p.r6: undefined
package p

r0 := time.parse_rfc3339_ns("2020-01-02T3:04:05Z")

r1 := time.parse_rfc3339_ns("2020-01-02t03:04:05Z")

r2 := time.parse_rfc3339_ns("2020-01-02T03:04:05z")

r3 := time.parse_rfc3339_ns("2020-01-02T03:04:05,5Z")

r4 := time.parse_rfc3339_ns("2020-01-02T03:04:05+24:00")

r5 := time.parse_rfc3339_ns("2020-01-02T03:04:05+23:60")

r6 := time.parse_rfc3339_ns("2020-01-02T03:04:60Z")
