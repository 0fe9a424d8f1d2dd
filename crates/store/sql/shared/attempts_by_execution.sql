-- $1 execution. Attempts that did not end it, oldest first.
SELECT number, started_at, ended_at, outcome, error, node_id FROM attempts WHERE execution_id = $1 ORDER BY number
