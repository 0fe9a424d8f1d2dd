-- $1 id, $2 now.
UPDATE nodes SET state = 2, beat_at = $2 WHERE id = $1 AND state = 1
