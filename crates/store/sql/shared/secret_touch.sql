-- Notes a use. $1 id, $2 now; 0 rows: a newer one is noted
UPDATE secrets SET last_used_at = $2 WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $2)
