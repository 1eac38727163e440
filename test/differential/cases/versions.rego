# Versions, also such as the standard refuses.
# input: {}
# data.p.r0: true
# data.p.r1: true
# data.p.r2: true
# data.p.r3: false
# data.p.r4: true
# data.p.r5: false
# data.p.r6: false
# data.p.r7: false
# data.p.r8: false
# data.p.r9: false
# data.p.r10: false
# data.p.r11: true
# data.p.r12: false
# data.p.r13: false
# data.p.r14: false
# data.p.r15: -1
# data.p.r16: 0
# data.p.r17: 0
# data.p.r18: -1
# data.p.r19: 1
# data.p.r20: 0
# data.p.r21: undefined
package p

r0 := semver.is_valid("01.0.0")

r1 := semver.is_valid("1.0.0-")

r2 := semver.is_valid("1.0.0-01")

r3 := semver.is_valid("1.0")

r4 := semver.is_valid("1.0.0+")

r5 := semver.is_valid("1.0.0-a_b")

r6 := semver.is_valid("1.0.0-a..b")

r7 := semver.is_valid("-1.0.0")

r8 := semver.is_valid("+1.0.0")

r9 := semver.is_valid("1.0.0+a+b")

r10 := semver.is_valid("99999999999999999999.0.0")

r11 := semver.is_valid("9007199254740993.0.0")

r12 := semver.is_valid(" 1.0.0")

r13 := semver.is_valid("v1.0.0")

r14 := semver.is_valid("1.0.0.0")

r15 := semver.compare("1.0.0-01","1.0.0-1")

r16 := semver.compare("01.0.0","1.0.0")

r17 := semver.compare("1.0.0-","1.0.0")

r18 := semver.compare("1.0.0-a","1.0.0-")

r19 := semver.compare("1.0.0-99999999999999999999","1.0.0-2")

r20 := semver.compare("1.0.0+a","1.0.0+b")

r21 := semver.compare("1.0.0-a.","1.0.0-a")
