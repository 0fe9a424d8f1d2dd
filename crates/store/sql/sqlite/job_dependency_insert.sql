-- Differs: one row at a time. $1 job, $2 depends on, $3 condition. No row back: that job is unknown or deleted.
INSERT INTO job_dependencies (job_id, depends_on_job_id, condition)
SELECT $1, j.id, $3 FROM jobs j WHERE j.id = $2 AND j.deleted_at IS NULL
RETURNING depends_on_job_id
