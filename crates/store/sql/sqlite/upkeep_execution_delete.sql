-- Differs: one row at a time. $1 id. No row back: it was gone.
DELETE FROM executions WHERE id = $1 RETURNING id
