package lib.k8s

containers := array.concat(regular, init)

regular := object.get(input, ["request", "object", "spec", "containers"], [])

init := object.get(input, ["request", "object", "spec", "initContainers"], [])
