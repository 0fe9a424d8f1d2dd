-- Ends a key. Affects 0 rows when it is revoked already, or when there is none.
-- $1 now, $2 id
UPDATE api_keys
SET revoked_at = $1
WHERE id = $2 AND revoked_at IS NULL
