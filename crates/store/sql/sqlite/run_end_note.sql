-- Differs: one row at a time. Nobody waits for the execution's end any more. $1 execution.
UPDATE executions SET awaited = FALSE
WHERE id = $1 AND awaited AND state > 2 AND NOT EXISTS (SELECT 1 FROM run_nodes n WHERE n.execution_id = $1 AND n.state = 2)
