-- Forgets tokens that have expired. Used ones stay until then: they tell a reuse.
-- $1 now, $2 most rows
DELETE FROM refresh_tokens
WHERE token_hash IN (
    SELECT token_hash FROM refresh_tokens WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2
)
