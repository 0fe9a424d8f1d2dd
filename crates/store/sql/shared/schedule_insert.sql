-- $1..$11 the columns in order. 0 rows: another schedule has the name.
INSERT INTO schedules (id, name, description, pattern, zone, is_enabled, steps, created_at, version, search_text, name_key)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (name) DO NOTHING
