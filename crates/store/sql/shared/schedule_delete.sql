-- $1 id, $2 the version it must have. 0 rows: it is unknown, or has another.
DELETE FROM schedules WHERE id = $1 AND version = $2
