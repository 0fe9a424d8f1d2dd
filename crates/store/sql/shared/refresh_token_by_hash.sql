-- One token. 0 rows: never issued, or its family was ended.
-- $1 token hash
SELECT family_id, user_id, family_ends_at, used_at
FROM refresh_tokens
WHERE token_hash = $1
