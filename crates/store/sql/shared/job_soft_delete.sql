-- $1 id, $2 now. 0 rows: unknown, or deleted already.
UPDATE jobs SET deleted_at = $2, updated_at = $2, version = version + 1 WHERE id = $1 AND deleted_at IS NULL
