# What counts something takes no fraction.
# input: {}
# data.p.part: undefined
# data.p.slice: undefined
# data.p.whole: "b"
package p

part := substring("abc", 1.5, 1)

slice := array.slice([1, 2], 0, 1.5)

whole := substring("abc", 1, 1)
