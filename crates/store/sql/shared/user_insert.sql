-- Adds a person. Affects 0 rows when the address belongs to somebody already.
-- $1 id, $2 email, $3 email in lower case, $4 name, $5 password hash, $6 role, $7 disabled,
-- $8 token version, $9 created, $10 updated, $11 last login or NULL
INSERT INTO users (id, email, email_key, name, password_hash, role, is_disabled, token_version,
    created_at, updated_at, last_login_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (email_key) DO NOTHING
