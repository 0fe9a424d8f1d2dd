-- Differs: one row at a time, and no row locks: there is one writer. $1 run. No row back: it has ended.
SELECT id, kind, state, version FROM runs WHERE id = $1 AND state IN (1, 2)
