-- Ended executions whose end no run has noted, with the runs that wait for it. $1 limit. run NULL: nobody does any more.
SELECT e.id, n.run_id
FROM executions e LEFT JOIN run_nodes n ON n.execution_id = e.id AND n.state = 2
WHERE e.awaited AND e.state > 2
ORDER BY e.id
LIMIT $1
