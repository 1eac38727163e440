# METADATA
# title: Protected health information
# description: |
#   Health data goes to covered models only, and only for clinicians. Both are asked of the prompt, of
#   what comes back and of what an agent is about to do.
package bedrock.phi

# METADATA
# title: Health data and a model that is not covered
# custom:
#   id: phi-covered-model
deny contains reason if {
	has_phi
	not input.model.id in data.settings.phi_models
	reason := {
		"code": "phi_model_not_covered",
		"message": sprintf("protected health information may not be sent to %s", [input.model.id]),
	}
}

# METADATA
# title: Health data and a caller who is no clinician
# custom:
#   id: phi-clinician
deny contains reason if {
	has_phi
	not "clinicians" in input.identity.groups
	reason := {
		"code": "phi_not_clinician",
		"message": "protected health information is for clinicians",
	}
}

has_phi if {
	some label in input.labels
	startswith(label, "phi.")
}
