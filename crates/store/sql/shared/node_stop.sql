-- $1 id, $2 now. 0 rows: it was stopped or declared lost before.
UPDATE nodes SET state = 2, beat_at = $2 WHERE id = $1 AND state = 1
RETURNING name
