-- $1 job: what it depends on.
DELETE FROM job_dependencies WHERE job_id = $1
