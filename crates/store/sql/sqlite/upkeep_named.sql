-- Differs: one name at a time. Jobs of this very name. $1 name in lower case, $2 name.
SELECT id, name FROM jobs WHERE name_key = $1 AND name = $2 AND deleted_at IS NULL LIMIT 2
