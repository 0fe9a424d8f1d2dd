-- Differs: one row at a time. $1 owner whose executions are watched. Not what waits for other jobs: the next replaces it.
SELECT job_id, count(*) FROM executions WHERE job_id = $1 AND state IN (1, 2) AND watched AND hold IS DISTINCT FROM 'WaitingForDependencies' GROUP BY job_id
