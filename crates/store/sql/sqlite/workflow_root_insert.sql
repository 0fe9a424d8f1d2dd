-- Differs: one row at a time. $1 job, $2 workflow.
INSERT INTO workflow_roots (job_id, workflow_id) VALUES ($1, $2)
