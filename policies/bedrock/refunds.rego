# METADATA
# title: Refunds by agents
# description: |
#   An agent may refund up to a cap. The parameters of an action are what a model wrote: an amount that is
#   missing, negative or no number is over the cap, not under it.
package bedrock.refunds

# METADATA
# title: A refund over the cap
# custom:
#   id: refund-cap
deny contains reason if {
	input.stage == "action"
	contains(lower(input.action.name), "refund")
	not within_cap
	reason := {
		"code": "refund_over_cap",
		"message": sprintf("an agent may refund at most %v by itself", [data.settings.refund_cap]),
	}
}

within_cap if {
	is_number(input.action.parameters.amount)
	input.action.parameters.amount >= 0
	input.action.parameters.amount <= data.settings.refund_cap
}
