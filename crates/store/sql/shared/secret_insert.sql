-- Adds a secret. 0 rows: its name is taken.
-- $1 id, $2 name, $3 description, $4 sealed value, $5 version, $6 now, $7 by whom
INSERT INTO secrets (id, name, description, value, version, created_at, updated_at, updated_by, last_used_at)
VALUES ($1, $2, $3, $4, $5, $6, $6, $7, NULL)
ON CONFLICT (name) DO NOTHING
