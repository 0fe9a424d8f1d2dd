-- $1 module. 0 rows: there is none, or it was deleted.
SELECT id, name, version, sha256, size_bytes, description, created_by, created_at
FROM module_versions
WHERE id = $1
