-- Differs: rows that another node is deleting are left to it. Ended executions of a job older than one of it. $1 job, $2 that one, $3 limit.
SELECT id, job_id, due_at, ended_at FROM executions
WHERE job_id = $1 AND id < $2 AND state IN (3, 4, 5)
ORDER BY id LIMIT $3 FOR UPDATE SKIP LOCKED
