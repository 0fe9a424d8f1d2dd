-- Removes a trigger that nobody moved since it was read. $1 owner, $2 the cursor and $3 the standing it must still have.
-- 0 rows: it was fired, paused or edited meanwhile.
DELETE FROM triggers WHERE owner_id = $1 AND cursor_at = $2 AND standing = $3
