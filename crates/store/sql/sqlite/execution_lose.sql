-- Differs: one row at a time. Takes a lost attempt's execution away from its node.
-- $1 id, $2 attempt, $3 node, $4 new state, $5 now, $6 error, $7 hold. No row back: it ended or moved meanwhile.
UPDATE executions
SET state = $4, losses = losses + 1, error = $6, hold = $7, ended_at = CASE WHEN $4 = 1 THEN NULL ELSE $5 END,
    eligible_at = CASE WHEN $4 = 1 THEN $5 ELSE eligible_at END, node_id = CASE WHEN $4 = 1 THEN NULL ELSE node_id END
WHERE id = $1 AND state = 2 AND attempt = $2 AND node_id = $3
RETURNING id, job_id, started_at, awaited
