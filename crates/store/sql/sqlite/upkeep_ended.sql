-- Differs: no row locks, there is one writer. Executions that ended before $1, oldest first. $2 limit.
SELECT id, job_id, due_at FROM executions WHERE ended_at < $1 AND NOT awaited ORDER BY ended_at LIMIT $2
