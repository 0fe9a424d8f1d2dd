-- The number of a name's next version; keeps others from taking one until the transaction ends.
-- $1 name
INSERT INTO modules (name, last_version) VALUES ($1, 1)
ON CONFLICT (name) DO UPDATE SET last_version = modules.last_version + 1
RETURNING last_version
