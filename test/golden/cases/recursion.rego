package golden

allow if a

a if b

b if a

# Any package's `decision`, which this one is not, and any package's `routed`, which it is.
router := data[input.model.id].decision

routed := data[input.model.id].routed
