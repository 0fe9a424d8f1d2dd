-- Locks a person out and ends every access token. Affects 0 rows when that is so already, or
-- when there is no such user.
-- $1 now, $2 id
UPDATE users
SET is_disabled = TRUE, token_version = token_version + 1, updated_at = $1
WHERE id = $2 AND NOT is_disabled
