# Flags of texts that are printed.
# input: {}
# data.p.r0: "68 65 6c 6c 6f"
# data.p.r1: "0x68656c6c6f"
# data.p.r2: "0x68 0x65 0x6c 0x6c 0x6f"
# data.p.r3: "68 C3 A9 6F"
# data.p.r4: "\"a\""
# data.p.r5: "1"
# data.p.r6: "1.5"
# data.p.r7: "\"[1, \\\"a\\\"]\""
# data.p.r8: "%!t(string= true)"
# data.p.r9: "%!t(string=true)"
# data.p.r10: "    1|2    |00003"
package p

r0 := sprintf("% x", ["hello"])

r1 := sprintf("%#x", ["hello"])

r2 := sprintf("%# x", ["hello"])

r3 := sprintf("% X", ["héo"])

r4 := sprintf("%#v", ["a"])

r5 := sprintf("%#v", [1])

r6 := sprintf("%#v", [1.5])

r7 := sprintf("%#v", [[1,"a"]])

r8 := sprintf("%5t", [true])

r9 := sprintf("%t", [true])

r10 := sprintf("%5d|%-5d|%05d", [1,2,3])
