# Letters are mapped one for one, and white space is Unicode's; an empty key stands between characters.
# input: {}
# data.p.r0: "i"
# data.p.r1: "ασ"
# data.p.r2: "ß"
# data.p.r3: "ŉǰﬁ"
# data.p.r4: "ǄǄᾼSI"
# data.p.r5: "﻿a"
# data.p.r6: "᠎a"
# data.p.r7: "xaxbxcx"
# data.p.r8: "xaxyxcx"
# data.p.r9: "yxybycy"
# data.p.r10: "x"
# data.p.r11: "ac"
package p

r0 := lower("İ")

r1 := lower("ΑΣ")

r2 := upper("ß")

r3 := upper("ŉǰﬁ")

r4 := upper("ǆǅᾳſı")

r5 := trim_space("\ufeffa\u0085")

r6 := trim_space("\u180ea\u2028\u3000")

r7 := strings.replace_n({"":"x"},"abc")

r8 := strings.replace_n({"":"x","b":"y"},"abc")

r9 := strings.replace_n({"a":"x","":"y"},"abc")

r10 := strings.replace_n({"":"x"},"")

r11 := strings.replace_n({"b":""},"abcb")
