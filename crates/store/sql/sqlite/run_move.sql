-- Differs: one row at a time. A run moves on. $1 run, $2 the version and $3 the state it must still have, $4 state, $5 nodes,
-- $6 started at, $7 ended at, $8 error. No row back: somebody moved it meanwhile.
UPDATE runs
SET state = $4, n_nodes = $5, started_at = COALESCE(started_at, $6), ended_at = $7, error = $8, is_due = FALSE, version = version + 1
WHERE id = $1 AND version = $2 AND state = $3
RETURNING id
