-- One setting. 0 rows: never set.
-- $1 key
SELECT value FROM settings WHERE key = $1
