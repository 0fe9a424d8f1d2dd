-- Jobs with watched executions that could start. $1 now, $2 limit.
SELECT DISTINCT job_id FROM executions
WHERE state = 1 AND watched AND hold IS NULL AND eligible_at <= $1
LIMIT $2
