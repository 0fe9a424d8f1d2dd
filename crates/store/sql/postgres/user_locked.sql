-- Differs from SQLite's: writers run side by side here, so the row is locked.
-- One person, kept as read until the transaction ends. 0 rows: nobody.
-- $1 id
SELECT id, email, name, password_hash, role, is_disabled, token_version, created_at, updated_at,
    last_login_at
FROM users
WHERE id = $1
FOR UPDATE
