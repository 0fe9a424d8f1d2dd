-- Runs that want a look although no execution of theirs has just ended. $1 limit.
SELECT id FROM runs WHERE is_due ORDER BY id LIMIT $1
