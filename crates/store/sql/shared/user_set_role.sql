-- Changes a role and ends every access token. Affects 0 rows when there is no such user.
-- $1 role, $2 now, $3 id
UPDATE users
SET role = $1, token_version = token_version + 1, updated_at = $2
WHERE id = $3
