-- Differs: ids as an array. Nobody waits for these executions' ends any more. $1 executions.
UPDATE executions SET awaited = FALSE
WHERE id IN (SELECT unnest($1::uuid[])) AND awaited AND state > 2
    AND NOT EXISTS (SELECT 1 FROM run_nodes n WHERE n.execution_id = executions.id AND n.state = 2)
