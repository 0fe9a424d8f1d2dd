-- Differs: one row at a time. $1 job id. What a worker needs of a job; deleted ones too, their executions may still run.
SELECT id, version, name, job_type, configuration, retry, timeout_seconds, created_by FROM jobs WHERE id = $1
