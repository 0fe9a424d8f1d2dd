-- Differs: ids as an array. The nodes that executions belong to. $1 executions.
SELECT execution_id, run_id, node_id FROM run_nodes WHERE execution_id IN (SELECT unnest($1::uuid[]))
