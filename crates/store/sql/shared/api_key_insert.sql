-- Adds a key. Affects 0 rows when the id is taken.
-- $1 id, $2 name, $3 secret hash, $4 role, $5 owner or NULL, $6 created, $7 expires or NULL,
-- $8 last used or NULL, $9 revoked or NULL
INSERT INTO api_keys (id, name, secret_hash, role, user_id, created_at, expires_at, last_used_at,
    revoked_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (id) DO NOTHING
