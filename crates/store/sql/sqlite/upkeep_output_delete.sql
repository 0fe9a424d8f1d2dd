-- Differs: one row at a time. outputs of execution $1.
DELETE FROM outputs WHERE execution_id = $1
