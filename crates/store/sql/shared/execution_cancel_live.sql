-- Every live execution of a job. $1 job, $2 now, $3 error text. 0 rows: none was live.
UPDATE executions SET state = 5, ended_at = $2, error = $3, hold = NULL WHERE job_id = $1 AND state IN (1, 2)
RETURNING id, job_id, node_id, attempt
