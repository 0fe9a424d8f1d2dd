-- A run waits for the execution's end. $1 id. 0 rows: unknown.
UPDATE executions SET awaited = TRUE WHERE id = $1
