-- Differs: owners as an array. $1 owners whose executions are watched. Not what waits for other jobs: the next replaces it.
SELECT job_id, count(*) FROM executions
WHERE job_id IN (SELECT unnest($1::uuid[])) AND state IN (1, 2) AND watched AND hold IS DISTINCT FROM 'WaitingForDependencies'
GROUP BY job_id
