-- Differs: row locks; claimers skip each other's rows. Rows are updated where they were found (ctid), without a second
-- search by id: they are locked, so none has moved; an array, because the planner may run a joined subquery twice.
-- $1 now, $2 limit, $3 node. 0 rows: nothing waits, or the node is not live.
UPDATE executions e SET state = 2, attempt = e.attempt + 1, node_id = $3, started_at = $1
WHERE e.state = 1 AND e.ctid = ANY (ARRAY(
    SELECT ctid FROM executions
    WHERE state = 1 AND hold IS NULL AND NOT watched AND eligible_at <= $1
        AND EXISTS (SELECT 1 FROM nodes WHERE id = $3 AND state = 1)
    ORDER BY eligible_at, id LIMIT $2
    FOR UPDATE SKIP LOCKED))
RETURNING e.id, e.job_id, e.attempt, e.tries, e.due_at, e.eligible_at, e.awaited
