-- Differs from PostgreSQL's: writers come one after another, so there is nothing to lock.
-- One person, kept as read until the transaction ends. 0 rows: nobody.
-- $1 id
SELECT id, email, name, password_hash, role, is_disabled, token_version, created_at, updated_at,
    last_login_at
FROM users
WHERE id = $1
