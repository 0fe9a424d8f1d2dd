-- Differs: one job at a time. $1 job, $2 most rows: its newest executions, newest first.
SELECT job_id, id, state, due_at, started_at, ended_at FROM executions
WHERE job_id = $1 ORDER BY id DESC LIMIT $2
