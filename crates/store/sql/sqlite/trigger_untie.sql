-- Differs: one row at a time. $1 job: whether anything is still tied to it.
UPDATE triggers
SET tied = EXISTS (SELECT 1 FROM job_dependencies d WHERE d.job_id = $1) OR EXISTS (SELECT 1 FROM workflow_roots w WHERE w.job_id = $1)
WHERE owner_id = $1
