-- Notes a login, never an older one. Affects 0 rows when a newer one is noted, or for nobody.
-- $1 now, $2 id
UPDATE users
SET last_login_at = $1
WHERE id = $2 AND (last_login_at IS NULL OR last_login_at < $1)
