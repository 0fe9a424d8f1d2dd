-- Differs: no row locks. Ended executions of one state behind ($2, $3) that ended before $4, oldest first. $1 state, $5 limit.
SELECT id, job_id, due_at, ended_at FROM executions
WHERE state = $1 AND (ended_at, id) > ($2, $3) AND ended_at < $4 AND ended_at IS NOT NULL
ORDER BY ended_at, id LIMIT $5
