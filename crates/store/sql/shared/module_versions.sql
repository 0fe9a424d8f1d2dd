-- Versions of a module, newest first. $1 name, $2 the only version wanted or NULL, $3 most rows
SELECT id, name, version, sha256, size_bytes, description, created_by, created_at
FROM module_versions
WHERE name = $1 AND ($2 IS NULL OR version = $2)
ORDER BY version DESC
LIMIT $3
