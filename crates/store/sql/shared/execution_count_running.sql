-- $1 job whose executions are watched.
SELECT count(*) FROM executions WHERE job_id = $1 AND state = 2 AND watched
