-- Gives a secret its next version. 0 rows: it has another version, or is gone.
-- $1 id, $2 version it was read at, $3 description, $4 sealed value, $5 now, $6 by whom
UPDATE secrets SET version = version + 1, description = $3, value = $4, updated_at = $5, updated_by = $6
WHERE id = $1 AND version = $2
