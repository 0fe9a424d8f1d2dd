-- Removes a setting that still has the value the caller read. Affects 0 rows when another was
-- first, or set it anew.
-- $1 key, $2 value
DELETE FROM settings
WHERE key = $1 AND value = $2
