# METADATA
# title: Lists of what there is
# description: Operations that ask no model anything, and that clients begin with.
package bedrock.lists

# METADATA
# title: Lists of models and of profiles are open to everybody who may call
# custom:
#   id: lists
allow if input.request.operation in {"ListModels", "GetModel", "ListInferenceProfiles"}
