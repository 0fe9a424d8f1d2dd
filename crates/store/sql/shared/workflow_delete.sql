-- $1 workflow, $2 now. 0 rows: unknown or deleted already.
UPDATE workflows SET deleted_at = $2 WHERE id = $1 AND deleted_at IS NULL
