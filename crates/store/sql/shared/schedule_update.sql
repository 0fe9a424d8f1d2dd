-- Replaces a definition. $1 id, $2 the version it must still have, $3.. the new columns.
-- 0 rows: it is deleted, or somebody changed it since it was read. Refused when another schedule has the name.
UPDATE schedules
SET name = $3, description = $4, pattern = $5, zone = $6, is_enabled = $7, steps = $8, updated_at = $9,
    version = version + 1, search_text = $10, name_key = $11
WHERE id = $1 AND version = $2
