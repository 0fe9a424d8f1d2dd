-- A browser's login. 0 rows: never begun, or ended.
-- $1 hash of the cookie's secret
SELECT family_id, user_id, expires_at, family_ends_at
FROM refresh_tokens
WHERE token_hash = $1
