-- Ends one login; the caller holds the user's lock. Affects 0 rows when it has ended already.
-- $1 family id, $2 user id
DELETE FROM refresh_tokens
WHERE family_id = $1 AND user_id = $2
