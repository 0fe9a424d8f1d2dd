-- Differs: one row at a time. The run of an owner that was made last, as listed, and what it runs. $1 owner.
SELECT id, kind, owner_id, owner_name, state, n_nodes, origin, initiator, due_at, resumes_run_id,
    created_at, started_at, ended_at, error, snapshot
FROM runs WHERE owner_id = $1 ORDER BY id DESC LIMIT 1
