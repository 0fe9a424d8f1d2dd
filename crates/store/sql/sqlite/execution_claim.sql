-- Differs: no row locks, there is one writer. $1 now, $2 limit, $3 node. 0 rows: nothing waits, or the node is not live.
UPDATE executions SET state = 2, attempt = attempt + 1, node_id = $3, started_at = $1
WHERE id IN (
    SELECT id FROM executions
    WHERE state = 1 AND hold IS NULL AND NOT watched AND eligible_at <= $1
    ORDER BY eligible_at, id LIMIT $2
) AND state = 1 AND EXISTS (SELECT 1 FROM nodes WHERE id = $3 AND state = 1)
RETURNING executions.id, executions.job_id, executions.attempt, executions.tries, executions.due_at, executions.eligible_at, executions.awaited
