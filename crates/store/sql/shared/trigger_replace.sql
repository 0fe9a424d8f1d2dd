-- Replaces a trigger that nobody moved since it was read. $1 owner, $2 the cursor it must still have,
-- $3 the standing it must still have, $4.. the new columns. 0 rows: it was fired, paused or edited meanwhile.
UPDATE triggers
SET spec = $4, standing = $5, paused_until = $6, pause_reason = $7, cursor_at = $8, wake_at = $9, next_run_at = $10,
    tail = $11, watched = $12
WHERE owner_id = $1 AND cursor_at = $2 AND standing = $3
