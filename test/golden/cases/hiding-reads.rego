package hiding_reads

# A deny that is silent without what it reads, wherever it reads it.

blocked := {"agent-7"}

info := {"agent": input.agent.id}

is_agent(id) if input.agent.id == id

cited contains text if some text in input.identity.claims.notes

allow if input.stage == "request"

deny contains "looked up" if blocked[input.agent.id]

deny contains "in an object" if info.agent == "agent-8"

deny contains "in a function" if is_agent("agent-9")

deny contains "collected" if count([text | some text in input.identity.claims.notes; text == "x"]) > 0

deny contains "in a set" if "y" in cited

deny contains "in every" if {
	every id in ["agent-1"] { id == input.agent.id }
}

deny contains "printed" if $"{input.agent.id}" == "agent-2"

deny contains input.agent.id if input.stage == "action"
