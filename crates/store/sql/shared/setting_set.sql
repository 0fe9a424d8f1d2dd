-- Sets a setting, whatever it was.
-- $1 key, $2 value
INSERT INTO settings (key, value)
VALUES ($1, $2)
ON CONFLICT (key) DO UPDATE SET value = excluded.value
