-- Differs: rows are locked in the order of their ids, or two cancels could wait for each other.
-- Live executions of a run's nodes. $1 run, $2 now, $3 error text. 0 rows: none was live.
UPDATE executions SET state = 5, ended_at = $2, error = $3, hold = NULL
WHERE state IN (1, 2) AND id IN (
    SELECT e.id FROM run_nodes n JOIN executions e ON e.id = n.execution_id
    WHERE n.run_id = $1 AND n.state = 2 AND e.state IN (1, 2)
    ORDER BY e.id
    FOR UPDATE OF e
)
RETURNING id, job_id, node_id, attempt
