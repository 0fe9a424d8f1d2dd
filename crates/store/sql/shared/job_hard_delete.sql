-- $1 id. 0 rows: unknown. Soft-deleted jobs go too. Its history is deleted by the statements beside this one.
DELETE FROM jobs WHERE id = $1
