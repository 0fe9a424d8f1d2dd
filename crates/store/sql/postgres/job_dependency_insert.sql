-- Differs: columns as arrays. $1 jobs, $2 depend on, $3 conditions. A row missing: that job is unknown or deleted.
INSERT INTO job_dependencies (job_id, depends_on_job_id, condition)
SELECT x.job_id, j.id, x.condition
FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS x(job_id, depends_on_job_id, condition)
JOIN jobs j ON j.id = x.depends_on_job_id AND j.deleted_at IS NULL
RETURNING depends_on_job_id
