-- The person with an address. 0 rows: nobody.
-- $1 email in lower case
SELECT id, email, name, password_hash, role, is_disabled, token_version, created_at, updated_at,
    last_login_at
FROM users
WHERE email_key = $1
