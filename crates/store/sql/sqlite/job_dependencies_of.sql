-- Differs: one row at a time. $1 job: what it waits for.
SELECT job_id, depends_on_job_id FROM job_dependencies WHERE job_id = $1
