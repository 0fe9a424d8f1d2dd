-- $1 workflow.
DELETE FROM workflow_roots WHERE workflow_id = $1 RETURNING job_id
