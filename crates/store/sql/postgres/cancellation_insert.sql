-- Differs: columns as arrays. $1 nodes that run them, $2 executions.
INSERT INTO cancellations (node_id, execution_id) SELECT * FROM unnest($1::uuid[], $2::uuid[])
ON CONFLICT (node_id, execution_id) DO NOTHING
