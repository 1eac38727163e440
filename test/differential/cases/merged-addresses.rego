# Addresses without a prefix keep their bits until they are merged.
# input: {}
# data.p.r0: ["10.0.0.1/8"]
# data.p.r1: ["10.0.0.0/8"]
# data.p.r2: ["10.0.0.0/24"]
# data.p.r3: ["240.0.0.1/24"]
# data.p.r4: ["10.0.0.0/24","11.0.0.0/8"]
# data.p.r5: ["10.0.0.0/8"]
# data.p.r6: ["10.0.0.0/7"]
# data.p.r7: ["10.0.0.0/7","13.0.0.1/8"]
# data.p.r8: ["10.0.0.1/8","12.0.0.1/8"]
# data.p.r9: ["192.168.1.7/24"]
# data.p.r10: ["172.16.1.7/16"]
# data.p.r11: ["10.0.0.1/8","192.0.2.0/24"]
package p

r0 := net.cidr_merge(["10.0.0.1"])

r1 := net.cidr_merge(["10.0.0.1","10.0.0.2/32"])

r2 := net.cidr_merge(["10.0.0.1/24"])

r3 := net.cidr_merge(["240.0.0.1"])

r4 := net.cidr_merge(["10.0.0.1/24","11.0.0.0/8"])

r5 := net.cidr_merge(["10.0.0.1","10.0.0.1"])

r6 := net.cidr_merge(["10.0.0.1","11.0.0.1"])

r7 := net.cidr_merge(["10.0.0.1","11.0.0.1","13.0.0.1"])

r8 := net.cidr_merge(["10.0.0.1","12.0.0.1"])

r9 := net.cidr_merge(["192.168.1.7"])

r10 := net.cidr_merge(["172.16.1.7"])

r11 := net.cidr_merge(["10.0.0.1","192.0.2.0/24"])
