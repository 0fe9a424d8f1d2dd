-- $1..$8 the columns in order
INSERT INTO module_versions (id, name, version, sha256, size_bytes, description, created_by, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
