-- The columns of a run as listed, and what it runs; a WHERE clause is appended by store::schedule_runs.
SELECT r.id, r.kind, r.owner_id, r.owner_name, r.state, r.n_nodes, r.origin, r.initiator, r.due_at, r.resumes_run_id,
    r.created_at, r.started_at, r.ended_at, r.error, r.snapshot
FROM runs r
