-- Adds an unused token; the caller holds the user's lock.
-- $1 token hash, $2 family id, $3 user id, $4 issued, $5 expires, $6 end of the family
INSERT INTO refresh_tokens (token_hash, family_id, user_id, issued_at, expires_at, family_ends_at)
VALUES ($1, $2, $3, $4, $5, $6)
