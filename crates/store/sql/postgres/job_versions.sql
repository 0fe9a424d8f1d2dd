-- Differs: ids as an array. $1 jobs. Deleted ones too: their executions may still run. A row missing: it is gone for good.
SELECT id, version FROM jobs WHERE id IN (SELECT unnest($1::uuid[]))
