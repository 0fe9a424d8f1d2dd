-- Nodes of a run that cannot be read any more. $1 run, $2 now, $3 error. 0 rows: none ran.
UPDATE run_nodes SET state = 5, ended_at = $2, error = $3 WHERE run_id = $1 AND state = 2
