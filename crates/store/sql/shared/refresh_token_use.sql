-- Uses a token up. Affects 0 rows when it is used, expired or gone.
-- $1 now, $2 token hash
UPDATE refresh_tokens
SET used_at = $1
WHERE token_hash = $2 AND used_at IS NULL AND expires_at > $1
