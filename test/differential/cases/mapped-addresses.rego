# An IPv4 address written as an IPv6 one is the same address.
# input: {}
# data.p.answers: [true,true,false,true,true,true]
package p

answers := [
	net.cidr_contains("10.0.0.0/8", "::ffff:10.1.2.3"),
	net.cidr_contains("::ffff:0:0/96", "10.1.2.3"),
	net.cidr_contains("::/0", "10.1.2.3"),
	net.cidr_contains("10.0.0.0/8", "::ffff:10.1.0.0/112"),
	net.cidr_intersects("10.0.0.0/8", "::ffff:10.1.0.0/112"),
	net.cidr_contains("::ffff:10.0.0.0/104", "10.1.2.3"),
]
