-- What an access token is worth now: the person, and whether the login it came from still stands.
-- 0 rows: nobody.
-- $1 family id, $2 user id
SELECT id, email, name, password_hash, role, is_disabled, token_version, created_at, updated_at,
    last_login_at,
    EXISTS (SELECT 1 FROM refresh_tokens WHERE family_id = $1 AND user_id = $2)
FROM users
WHERE id = $2
