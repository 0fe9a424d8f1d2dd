-- Executions of a job that have not started. $1 job, $2 now, $3 error text. 0 rows: none waited.
UPDATE executions SET state = 5, ended_at = $2, error = $3, hold = NULL WHERE job_id = $1 AND state = 1
RETURNING id, job_id, node_id, attempt
