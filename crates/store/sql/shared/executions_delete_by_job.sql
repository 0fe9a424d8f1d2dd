-- $1 job.
DELETE FROM executions WHERE job_id = $1
