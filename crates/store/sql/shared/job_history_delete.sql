-- $1 job.
DELETE FROM job_history WHERE job_id = $1
