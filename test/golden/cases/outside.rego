package outside

allow if {
	time.now_ns() > 0
}

deny contains {"code": "late", "message": "too late"} if {
	input.stage == "request"
	response := http.send({"method": "get", "url": "https://example.com"})
	response.status_code == 200
}
