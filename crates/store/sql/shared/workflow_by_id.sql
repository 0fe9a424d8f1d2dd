-- $1 workflow. 0 rows: unknown or deleted.
SELECT id, name, definition, created_by, created_at FROM workflows WHERE id = $1 AND deleted_at IS NULL
