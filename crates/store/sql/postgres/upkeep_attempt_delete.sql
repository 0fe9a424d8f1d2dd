-- Differs: columns as arrays. attempts of executions $1.
DELETE FROM attempts WHERE execution_id IN (SELECT unnest($1::uuid[]))
