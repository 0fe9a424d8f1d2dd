-- Differs: one row at a time. $1 schedule.
SELECT owner_id, count(*) FROM runs WHERE owner_id = $1 AND state IN (1, 2) GROUP BY owner_id
