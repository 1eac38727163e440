package bedrock.phi_test

import data.bedrock.phi

test_health_data_needs_a_covered_model if {
	some reason in phi.deny with input as {
		"labels": ["phi.mrn"],
		"model": {"id": "meta.llama3-1-70b-instruct-v1:0"},
		"identity": {"groups": ["clinicians"]},
	}
	reason.code == "phi_model_not_covered"
}

test_other_labels_are_no_health_data if {
	count(phi.deny) == 0 with input as {
		"labels": ["pii.email"],
		"model": {"id": "meta.llama3-1-70b-instruct-v1:0"},
		"identity": {"groups": []},
	}
}
