-- Differs: one row at a time. Moves a trigger past what was decided; it never moves back.
-- $1 owner, $2 new cursor, $3 standing, $4 paused until, $5 pause reason, $6 wake at, $7 next run at, $8 tail,
-- $9 the cursor the plan was made from. No row back: another ticker was first.
UPDATE triggers
SET cursor_at = $2, standing = $3, paused_until = $4, pause_reason = $5, wake_at = $6, next_run_at = $7, tail = $8
WHERE owner_id = $1 AND cursor_at = $9
RETURNING owner_id
