-- Differs: ids as an array; a lock, so that none is deleted before the workflow stands. $1 jobs. A row missing: it is unknown or deleted.
SELECT id FROM jobs WHERE id IN (SELECT unnest($1::uuid[])) AND deleted_at IS NULL ORDER BY id FOR KEY SHARE
