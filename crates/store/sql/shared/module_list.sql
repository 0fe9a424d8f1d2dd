-- The newest version of each module that is there, by name. $1 most rows
SELECT id, name, version, sha256, size_bytes, description, created_by, created_at
FROM module_versions AS m
WHERE NOT EXISTS (SELECT 1 FROM module_versions AS n WHERE n.name = m.name AND n.version > m.version)
ORDER BY name
LIMIT $1
