-- Changes a password and ends every access token. Affects 0 rows when there is no such user.
-- $1 password hash, $2 now, $3 id
UPDATE users
SET password_hash = $1, token_version = token_version + 1, updated_at = $2
WHERE id = $3
