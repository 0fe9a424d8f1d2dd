-- Differs: columns as arrays. outputs of executions $1.
DELETE FROM outputs WHERE execution_id IN (SELECT unnest($1::uuid[]))
