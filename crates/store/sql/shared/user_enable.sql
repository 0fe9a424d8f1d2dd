-- Lets a person in again. Affects 0 rows when that is so already, or when there is no such user.
-- $1 now, $2 id
UPDATE users
SET is_disabled = FALSE, updated_at = $1
WHERE id = $2 AND is_disabled
