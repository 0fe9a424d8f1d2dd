-- Notes a use, never an older one. Affects 0 rows when a newer one is noted, or for no key.
-- $1 now, $2 id
UPDATE api_keys
SET last_used_at = $1
WHERE id = $2 AND (last_used_at IS NULL OR last_used_at < $1)
