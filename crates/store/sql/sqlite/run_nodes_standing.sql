-- Differs: one run at a time. Where a run's nodes stand, and for running ones where their execution does. $1 run.
-- Execution state NULL: the node does not run, or its execution is gone.
SELECT n.run_id, n.node_id, n.state, n.execution_id, e.state, e.ended_at, e.error
FROM run_nodes n LEFT JOIN executions e ON n.state = 2 AND e.id = n.execution_id
WHERE n.run_id = $1
