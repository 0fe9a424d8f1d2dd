-- Secrets by name. $1 the name to go on after, $2 most rows
SELECT id, name, description, value, version, created_at, updated_at, updated_by, last_used_at
FROM secrets WHERE name > $1 ORDER BY name LIMIT $2
