-- Differs: columns as arrays. Nodes move for the first time; the key refuses a second first time.
-- $1 runs, $2 nodes, $3 states, $4 executions, $5 started at, $6 ended at, $7 errors.
INSERT INTO run_nodes (run_id, node_id, state, execution_id, started_at, ended_at, error)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::uuid[], $5::bigint[], $6::bigint[], $7::text[])
