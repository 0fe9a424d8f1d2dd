-- People in the order of their creation (ids are UUIDv7).
-- $1 the id to go on after, or NULL to begin; $2 most rows
SELECT id, email, name, password_hash, role, is_disabled, token_version, created_at, updated_at,
    last_login_at
FROM users
WHERE $1 IS NULL OR id > $1
ORDER BY id
LIMIT $2
