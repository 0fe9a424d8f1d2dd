-- Differs: columns as arrays. $1 jobs, $2 workflows.
INSERT INTO workflow_roots (job_id, workflow_id) SELECT * FROM unnest($1::uuid[], $2::uuid[])
