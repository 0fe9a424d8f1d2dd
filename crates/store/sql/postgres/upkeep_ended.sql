-- Differs: rows that another call is deleting are left to it. Executions that ended before $1, oldest first. $2 limit.
SELECT id, job_id, due_at FROM executions WHERE ended_at < $1 AND NOT awaited ORDER BY ended_at LIMIT $2 FOR UPDATE SKIP LOCKED
