-- Configurations that may hold sealed headers, of deleted jobs too, in the order of their ids.
-- $1 the id to go on after, or NULL; $2 most rows
SELECT id, configuration FROM jobs
WHERE ($1 IS NULL OR id > $1) AND configuration LIKE '%"headers"%'
ORDER BY id
LIMIT $2
