-- Sets a setting for the first time. Affects 0 rows when it is set already.
-- $1 key, $2 value
INSERT INTO settings (key, value)
VALUES ($1, $2)
ON CONFLICT (key) DO NOTHING
