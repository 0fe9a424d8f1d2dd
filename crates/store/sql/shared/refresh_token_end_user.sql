-- Ends every login of a person; the caller holds the user's lock.
-- $1 user id
DELETE FROM refresh_tokens
WHERE user_id = $1
