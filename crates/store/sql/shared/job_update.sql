-- Replaces a definition. $1 id, $2 the version it must still have, $3.. the new columns.
-- 0 rows: it is deleted, or somebody changed it since it was read.
UPDATE jobs
SET name = $3, description = $4, job_type = $5, configuration = $6, retry = $7, timeout_seconds = $8, tags = $9,
    last_modified_by = $10, updated_at = $11, version = version + 1, search_text = $12, name_key = $13
WHERE id = $1 AND version = $2 AND deleted_at IS NULL
