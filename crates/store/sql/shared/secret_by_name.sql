-- A secret. $1 name
SELECT id, name, description, value, version, created_at, updated_at, updated_by, last_used_at
FROM secrets WHERE name = $1
