-- Running executions that started at or after $1.
SELECT count(*) FROM executions WHERE state = 2 AND started_at >= $1
