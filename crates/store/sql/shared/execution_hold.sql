-- An execution that must not start yet. $1 id, $2 hold. 0 rows: it does not wait any more.
UPDATE executions SET hold = $2 WHERE id = $1 AND state = 1 AND hold IS NULL
