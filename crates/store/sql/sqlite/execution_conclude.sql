-- Differs: one row at a time. Ends an attempt, by the attempt's own token.
-- $1 id, $2 attempt, $3 node, $4 new state, $5 started at or NULL to keep, $6 ended at or NULL, $7 eligible at or NULL to keep,
-- $8 failed tries to add, $9 error, $10 output bytes, $11 output cut, $12 hold.
-- No row back: the attempt is not the holder any more, and nothing of it may be written.
UPDATE executions
SET state = $4, started_at = COALESCE($5, started_at), ended_at = $6, eligible_at = COALESCE($7, eligible_at),
    tries = tries + $8, error = $9, output_bytes = $10, output_cut = $11, hold = $12,
    node_id = CASE WHEN $4 = 1 THEN NULL ELSE node_id END
WHERE id = $1 AND state = 2 AND attempt = $2 AND node_id = $3
RETURNING id, job_id, started_at, awaited
