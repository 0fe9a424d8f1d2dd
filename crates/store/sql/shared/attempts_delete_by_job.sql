-- $1 job, whose executions still stand.
DELETE FROM attempts WHERE execution_id IN (SELECT id FROM executions WHERE job_id = $1)
