-- Newest first: ids grow. $1 limit, $2 offset.
SELECT id, name, definition, created_by, created_at FROM workflows WHERE deleted_at IS NULL ORDER BY id DESC LIMIT $1 OFFSET $2
