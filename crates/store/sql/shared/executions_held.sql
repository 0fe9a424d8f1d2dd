-- Executions that wait for other jobs. $1 behind this one, $2 limit.
SELECT id, job_id, due_at FROM executions WHERE hold = 'WaitingForDependencies' AND id > $1 ORDER BY id LIMIT $2
