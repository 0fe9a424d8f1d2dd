-- $1 job.
SELECT depends_on_job_id, condition FROM job_dependencies WHERE job_id = $1 ORDER BY depends_on_job_id
