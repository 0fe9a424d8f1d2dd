-- Differs: one row at a time. $1 owner whose executions are watched.
SELECT job_id, count(*) FROM executions WHERE job_id = $1 AND state IN (1, 2) AND watched GROUP BY job_id
