-- Differs: no row lock, there is one writer. $1 run. 0 rows: unknown.
SELECT id, kind, state, version FROM runs WHERE id = $1
