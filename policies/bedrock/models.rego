# METADATA
# title: Approved models per group
# description: |
#   A call is allowed when one of the caller's groups may use the model. Everything else in this set only
#   takes away: an allow here can be denied there.
package bedrock.models

# METADATA
# title: The model is approved for a group of the caller
# custom:
#   id: approved-model
allow if {
	some group in input.identity.groups
	input.model.id in data.settings.models[group]
}
