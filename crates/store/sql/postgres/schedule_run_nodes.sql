-- Differs: runs as an array. Runs' nodes that have moved, with the state of their executions. $1 runs.
SELECT n.run_id, n.node_id, n.state, n.execution_id, n.started_at, n.ended_at, n.error, e.state, e.started_at
FROM run_nodes n LEFT JOIN executions e ON e.id = n.execution_id
WHERE n.run_id IN (SELECT unnest($1::uuid[]))
