-- Differs: no row locks, there is one writer. Live executions of a run's nodes. $1 run, $2 now, $3 error text. 0 rows: none was live.
UPDATE executions SET state = 5, ended_at = $2, error = $3, hold = NULL
WHERE state IN (1, 2) AND id IN (SELECT execution_id FROM run_nodes WHERE run_id = $1 AND state = 2)
RETURNING id, job_id, node_id, attempt
