-- Differs: one row at a time. The node that an execution belongs to. $1 execution.
SELECT execution_id, run_id, node_id FROM run_nodes WHERE execution_id = $1
