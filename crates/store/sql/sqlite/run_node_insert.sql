-- Differs: one row at a time. A node moves for the first time; the key refuses a second first time.
-- $1 run, $2 node, $3 state, $4 execution, $5 started at, $6 ended at, $7 error.
INSERT INTO run_nodes (run_id, node_id, state, execution_id, started_at, ended_at, error) VALUES ($1, $2, $3, $4, $5, $6, $7)
