-- $1 id, $2 now, $3 error text. 0 rows: unknown, or final already.
UPDATE executions SET state = 5, ended_at = $2, error = $3, hold = NULL WHERE id = $1 AND state IN (1, 2)
RETURNING id, job_id, node_id, attempt
