-- The columns of an execution as listed; a WHERE clause is appended by store::executions.
SELECT e.id, e.job_id, j.name, e.state, e.origin, e.due_at, e.eligible_at, e.created_at, e.started_at, e.ended_at,
    e.attempt, e.tries, e.losses, e.node_id, e.hold, e.retry_parent_id, e.triggered_by, e.error, e.output_bytes, e.output_cut
FROM executions e LEFT JOIN jobs j ON j.id = e.job_id
