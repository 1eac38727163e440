package lib.time

now := time.now_ns()

weekday := lower(time.weekday(now))

is_weekend if weekday in {"saturday", "sunday"}

age_in_days(born) := floor((now - time.parse_rfc3339_ns(born)) / (((24 * 60) * 60) * 1000000000))
