-- $1 job: what it depends on and what depends on it.
DELETE FROM job_dependencies WHERE job_id = $1 OR depends_on_job_id = $1
