-- Every edge between jobs, to look for cycles. $1 limit.
SELECT job_id, depends_on_job_id FROM job_dependencies LIMIT $1
