-- Differs: owners as an array. $1 schedules.
SELECT owner_id, count(*) FROM runs
WHERE owner_id IN (SELECT unnest($1::uuid[])) AND state IN (1, 2)
GROUP BY owner_id
