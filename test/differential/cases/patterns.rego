# Lists and ranges in globs; empty matches that split.
# input: {}
# data.p.r0: undefined
# data.p.r1: undefined
# data.p.r2: true
# data.p.r3: true
# data.p.r4: true
# data.p.r5: undefined
# data.p.r6: undefined
# data.p.r7: undefined
# data.p.r8: false
# data.p.r9: true
# data.p.r10: true
# data.p.r11: true
# data.p.r12: undefined
# data.p.r13: true
# data.p.r14: undefined
# data.p.r15: undefined
# data.p.r16: true
# data.p.r17: true
# data.p.r18: true
# data.p.r19: true
# data.p.r20: ["b","c"]
# data.p.r21: ["","b"]
# data.p.r22: ["a","b","c"]
# data.p.r23: ["a","b","c"]
# data.p.r24: ["b","n","n",""]
# data.p.r25: ["a",""]
# data.p.r26: [""]
# data.p.r27: true
# data.p.r28: true
# data.p.r29: undefined
# data.p.r30: true
# data.p.r31: true
# data.p.r32: true
package p

r0 := glob.match("[a-]",[],"-")

r1 := glob.match("[a-]",[],"a")

r2 := glob.match("[-a]",[],"a")

r3 := glob.match("[a-z]",[],"b")

r4 := glob.match("[abc]",[],"b")

r5 := glob.match("[z-a]",[],"b")

r6 := glob.match("[a-zA-Z]",[],"b")

r7 := glob.match("[a-zA-Z]",[],"B")

r8 := glob.match("[ab-d]",[],"c")

r9 := glob.match("[!a-z]",[],"B")

r10 := glob.match("[!abc]",[],"B")

r11 := glob.match("[\\]]",[],"]")

r12 := glob.match("[a-z",[],"b")

r13 := glob.match("a]",[],"a]")

r14 := glob.match("[]",[],"a")

r15 := glob.match("[a--]",[],"-")

r16 := glob.match("[---]",[],"-")

r17 := glob.match("[-]",[],"-")

r18 := glob.match("[a,b]",[],",")

r19 := glob.match("[*]",[],"*")

r20 := regex.split("a*","baac")

r21 := regex.split("a*","aab")

r22 := regex.split("","abc")

r23 := regex.split("x*","abc")

r24 := regex.split("a","banana")

r25 := regex.split("b*","abb")

r26 := regex.split("a*","")

r27 := glob.match("a}",[],"a}")

r28 := glob.match("{a,b}}",[],"a}")

r29 := glob.match("[!]",[],"!")

r30 := glob.match("[!!]",[],"a")

r31 := glob.match("[]-a]",[],"_")

r32 := glob.match("[\\a-b]",[],"a")
