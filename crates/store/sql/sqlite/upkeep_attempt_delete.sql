-- Differs: one row at a time. attempts of execution $1.
DELETE FROM attempts WHERE execution_id = $1
