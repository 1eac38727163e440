package documents_test

test_last_of_two := data.twice == 2

test_merged := data.merged == {"from": "json", "deep": {"a": 1, "b": 2}}

test_below := data.below == {"above": true, "own": 1, "large": 12345678901234567890}

test_switch[name] if {
	some name, value in {
		"asked": true, "sent": false, "kept": true, "mode": 15,
		"other": 15, "clock": "12:30", "date": "2024-01-01", "false": 1,
	}
	json.marshal(data.switches[name]) == json.marshal(value)
}

test_switches if {
	print(data.switches)
	count(data.switches) == 8
}

test_merging := data.merging == {"one": 1, "two": 2}
