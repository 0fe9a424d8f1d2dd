-- Differs: columns as arrays. $1 ids. A row missing in the answer: it was gone.
DELETE FROM executions WHERE id IN (SELECT unnest($1::uuid[])) RETURNING id
