-- Workflows that start with a job. $1 job.
SELECT w.id FROM workflow_roots r JOIN workflows w ON w.id = r.workflow_id AND w.deleted_at IS NULL WHERE r.job_id = $1
