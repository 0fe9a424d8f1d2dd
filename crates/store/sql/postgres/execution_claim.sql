-- Differs: row locks; claimers skip each other's rows. Materialised, or the planner may run the inner part twice.
-- $1 now, $2 limit, $3 node. 0 rows: nothing waits, or the node is not live.
WITH c AS MATERIALIZED (
    SELECT id FROM executions
    WHERE state = 1 AND hold IS NULL AND NOT watched AND eligible_at <= $1
        AND EXISTS (SELECT 1 FROM nodes WHERE id = $3 AND state = 1)
    ORDER BY eligible_at, id LIMIT $2
    FOR UPDATE SKIP LOCKED
)
UPDATE executions e SET state = 2, attempt = e.attempt + 1, node_id = $3, started_at = $1
FROM c WHERE e.id = c.id AND e.state = 1
RETURNING e.id, e.job_id, e.attempt, e.tries, e.due_at, e.eligible_at, e.awaited
