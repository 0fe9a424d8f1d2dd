-- $1 id, $2 name, $3 definition, $4 created by, $5 now.
INSERT INTO workflows (id, name, definition, created_by, created_at) VALUES ($1, $2, $3, $4, $5)
