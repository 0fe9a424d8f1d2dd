-- Differs: one row at a time. An attempt that did not end its execution.
-- $1 execution, $2 number, $3 started at, $4 ended at, $5 outcome, $6 error, $7 node.
INSERT INTO attempts (execution_id, number, started_at, ended_at, outcome, error, node_id)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (execution_id, number) DO NOTHING
