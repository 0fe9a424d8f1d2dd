-- Differs: waits for the row's lock, since a caller wants this very one. $1 run. 0 rows: unknown.
SELECT id, kind, state, version FROM runs WHERE id = $1 FOR UPDATE
