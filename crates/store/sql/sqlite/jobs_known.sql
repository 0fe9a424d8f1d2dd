-- Differs: one row at a time, no row lock. $1 job. No row back: it is unknown or deleted.
SELECT id FROM jobs WHERE id = $1 AND deleted_at IS NULL
