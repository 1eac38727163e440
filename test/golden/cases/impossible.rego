package golden

deny contains "a" if input.request.max_tokens == "many"

deny contains "b" if input.request.stream == 1

deny contains "c" if startswith(input.request.max_tokens, "4")
