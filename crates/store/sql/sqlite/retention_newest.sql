-- Differs: one job per call. $1 job, $2 how many. The oldest of its newest executions. 0 rows: it has no more than that.
SELECT job_id, id FROM executions WHERE job_id = $1 ORDER BY id DESC LIMIT 1 OFFSET $2 - 1
