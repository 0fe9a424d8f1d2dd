-- Differs: one row at a time. A running node ends. $1 run, $2 node, $3 state, $4 ended at, $5 error. No row back: it does not run.
UPDATE run_nodes SET state = $3, ended_at = $4, error = $5 WHERE run_id = $1 AND node_id = $2 AND state = 2
RETURNING node_id
