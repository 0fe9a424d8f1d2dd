-- Executions of a job that still wait for others when its next is due. $1 job, $2 now, $3 error text. 0 rows: none does.
UPDATE executions SET state = 5, ended_at = $2, error = $3, hold = NULL
WHERE job_id = $1 AND state = 1 AND hold = 'WaitingForDependencies'
RETURNING id, due_at
