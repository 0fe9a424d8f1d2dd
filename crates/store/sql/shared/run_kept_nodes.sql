-- Nodes of a run, whole. $1 run.
SELECT node_id, state, execution_id, started_at, ended_at, error FROM run_nodes WHERE run_id = $1
