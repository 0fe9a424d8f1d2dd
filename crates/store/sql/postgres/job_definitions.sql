-- Differs: ids as an array. $1 job ids. What a worker needs of a job; deleted ones too, their executions may still run.
SELECT id, version, name, job_type, configuration, retry, timeout_seconds, created_by FROM jobs
WHERE id IN (SELECT unnest($1::uuid[]))
