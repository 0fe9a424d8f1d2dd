-- Differs: one row at a time. $1 job. Deleted ones too: their executions may still run. No row back: it is gone for good.
SELECT id, version FROM jobs WHERE id = $1
