# METADATA
# title: Secrets never leave
# description: |
#   A key, token or private key in a prompt, an answer or a tool's parameters stops the call. It is not
#   masked and passed on: whoever sent it should know, and rotate it.
package bedrock.secrets

# METADATA
# title: The content holds a secret
# custom:
#   id: secret-found
deny contains reason if {
	some label in input.labels
	startswith(label, "secret.")
	reason := {
		"code": "secret_found",
		"message": sprintf("the content holds a secret (%s)", [label]),
	}
}
