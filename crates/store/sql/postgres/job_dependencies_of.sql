-- Differs: ids as an array. $1 jobs: what they wait for.
SELECT job_id, depends_on_job_id FROM job_dependencies WHERE job_id IN (SELECT unnest($1::uuid[]))
