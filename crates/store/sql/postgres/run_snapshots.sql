-- Differs: ids as an array. $1 runs.
SELECT id, kind, snapshot FROM runs WHERE id IN (SELECT unnest($1::uuid[]))
