-- Gives a key back: nothing of the call that began at $3 took effect. Affects 0 rows when that call
-- has its answer, or another took its key.
-- $1 principal, $2 key, $3 begin of the call
DELETE FROM idempotent_answers
WHERE principal = $1 AND key = $2 AND created_at = $3 AND status IS NULL
