-- Differs: one row at a time. $1 run.
SELECT id, kind, snapshot FROM runs WHERE id = $1
