-- Differs: one row at a time. $1 node that runs it, $2 execution.
INSERT INTO cancellations (node_id, execution_id) VALUES ($1, $2) ON CONFLICT (node_id, execution_id) DO NOTHING
