# A rule that stands in for a function is what it is where the function is called; another value is so before.
# input: {"user": "outer"}
# data.p.before: {"u":"x"}
# data.p.behind: {"u":"x"}
# data.p.library: {"u":"x"}
# data.p.elsewhere: {"u":"q"}
# data.p.each: [{"u":"x"},"y"]
# data.p.uncalled: true
# data.p.nothing: undefined
# data.p.part: "outer"
# data.p.value: [{"u":"outer"}]
# data.p.whole: {"z":"q"}
package p

f(x) := x

answer := {"u": input.user}

none := input.none

user := input.user

before := x if { x := f(1) with f as answer with input.user as "x" }

behind := x if { x := f(1) with input.user as "x" with f as answer }

library := x if { x := upper("a") with upper as answer with input.user as "x" }

calls := f(0)

elsewhere := x if { x := calls with f as answer with input.user as "q" }

each := [x, y] if {
	x := f(1) with f as answer with input.user as "x"
	y := f(2) with f as user with input.user as "y"
}

uncalled if { 1 == 1 with f as none }

nothing := x if { x := f(1) with f as none }

part := x if { x := f(1) with f as answer.u with input.user as "z" }

value := x if { x := f(1) with f as [answer] with input.user as "z" }

whole := x if { x := f(1) with f as data.other with input.user as "q" }

package other

z := input.user
