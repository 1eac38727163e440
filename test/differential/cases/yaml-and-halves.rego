# YAML as Go reads and writes it; halves of characters in JSON.
# input: {}
# data.p.r0: {"a":2}
# data.p.r1: "12:30:45"
# data.p.r2: undefined
# data.p.r3: [null,true,true,true,false,false,7,7,8,8,31,3,1000,1000,0.5,1,1,1.5]
# data.p.r4: undefined
# data.p.r5: {"a":1}
# data.p.r6: "2001-01-01"
# data.p.r7: ["2001-12-14t21:59:43.10-05:00","2001-12-14 21:59:43.10 -5","2001-01-01T00:00:00Z"]
# data.p.r8: "hello"
# data.p.r9: "��"
# data.p.r10: "12"
# data.p.r11: 12
# data.p.r12: "2001-01-01"
# data.p.r13: {"a":null,"b":null}
# data.p.r14: [{"a":1}]
# data.p.r15: "a"
# data.p.r16: {"a":{"b":1},"c":{"b":1,"d":2}}
# data.p.r17: {"true":2}
# data.p.r18: null
# data.p.r19: null
# data.p.r20: {"a":1}
# data.p.r21: true
# data.p.r22: true
# data.p.r23: "\"yes\"\n"
# data.p.r24: "�"
# data.p.r25: "�😀\\ud800"
# data.p.r26: false
# data.p.r27: undefined
# data.p.r28: undefined
# data.p.r29: "- \"yes\"\n- \"y\"\n- \"12:30:45\"\n- \"2001-01-01\"\n- \"1e3\"\n- \"0x1F\"\n- \"~\"\n- \"null\"\n- \"on\"\n- \"1_000\"\n- \"0o7\"\n- \"07\"\n- \"2001-1-1\"\n- \"Off\"\n- \"1:2\"\n"
# data.p.r30: "- 1e+100\n- 1.2345678901234568e+29\n"
# data.p.r31: "\"12:30\": []\n\"yes\": 1\n"
package p

r0 := yaml.unmarshal("a: 1\na: 2")

r1 := yaml.unmarshal("12:30:45")

r2 := yaml.unmarshal("[12:30:45, 1:2, 190:20:30.15, 0o7, 07, 010, 0x1F, 0b11, 1_000, 1e3, .5, 1., +1, .inf, .nan, ~, yes, y, on, Off, n]")

r3 := yaml.unmarshal("[~, yes, y, on, Off, n, 0o7, 07, 010, 08, 0x1F, 0b11, 1_000, 1e3, .5, 1., +1, 1.50]")

r4 := yaml.unmarshal("[.inf]")

r5 := yaml.unmarshal("a: 1\n---\nb: 2")

r6 := yaml.unmarshal("2001-01-01")

r7 := yaml.unmarshal("[2001-12-14t21:59:43.10-05:00, 2001-12-14 21:59:43.10 -5, 2001-01-01T00:00:00Z]")

r8 := yaml.unmarshal("!!binary aGVsbG8=")

r9 := yaml.unmarshal("!!binary //8=")

r10 := yaml.unmarshal("!!str 12")

r11 := yaml.unmarshal("!!int \"12\"")

r12 := yaml.unmarshal("!!timestamp \"2001-01-01\"")

r13 := yaml.unmarshal("!!set {a, b}")

r14 := yaml.unmarshal("!!omap [a: 1]")

r15 := yaml.unmarshal("!foo a")

r16 := yaml.unmarshal("a: &x {b: 1}\nc: {<<: *x, d: 2}")

r17 := yaml.unmarshal("{yes: 1, y: 2}")

r18 := yaml.unmarshal("")

r19 := yaml.unmarshal("---\n---\na: 1")

r20 := yaml.unmarshal("a: 1\n---\n{")

r21 := yaml.is_valid("a: 1\na: 2")

r22 := yaml.is_valid("a: 1\n---\n{")

r23 := yaml.marshal("yes")

r24 := json.unmarshal("\"\\ud800\"")

r25 := json.unmarshal("\"\\ud800\\ud83d\\ude00\\\\ud800\"")

r26 := json.is_valid("\"\\ud8\"")

r27 := yaml.unmarshal("a: \"\\ud800\"")

r28 := yaml.unmarshal("!!binary x")

r29 := yaml.marshal(["yes","y","12:30:45","2001-01-01","1e3","0x1F","~","null","on","1_000","0o7","07","2001-1-1","Off","1:2"])

r30 := yaml.marshal([1e100,123456789012345678901234567890])

r31 := yaml.marshal({"12:30": [], "yes": 1})
