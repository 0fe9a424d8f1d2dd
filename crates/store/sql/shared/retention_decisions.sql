-- Forgets at most $3 decisions of owner $1 about instants before $2 that fired nothing which is still kept. The newest
-- decision stays: a run of equal skips may grow still.
DELETE FROM decisions WHERE owner_id = $1 AND due_at IN (
    SELECT d.due_at FROM decisions d
    WHERE d.owner_id = $1 AND d.last_due_at < $2
        AND d.due_at < (SELECT max(n.due_at) FROM decisions n WHERE n.owner_id = $1)
        AND NOT EXISTS (SELECT 1 FROM executions e WHERE e.id = d.execution_id)
    ORDER BY d.due_at LIMIT $3)
