# Where the head's key is nothing, what it would say there is not looked at.
# input: {}
# data.p.none: {}
# data.p.r.b: eval_conflict_error
package p

r.b.a := v if v := 1

r.b.a := 0 if 1 == 1

none[r.a] contains [1, r][_] if 1 == 1
