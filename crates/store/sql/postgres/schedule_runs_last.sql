-- Differs: ids as an array. The run of each owner that was made last, as listed, and what it runs. $1 owners.
SELECT r.id, r.kind, r.owner_id, r.owner_name, r.state, r.n_nodes, r.origin, r.initiator, r.due_at, r.resumes_run_id,
    r.created_at, r.started_at, r.ended_at, r.error, r.snapshot
FROM (SELECT unnest($1::uuid[]) AS owner_id) o
CROSS JOIN LATERAL (SELECT * FROM runs WHERE owner_id = o.owner_id ORDER BY id DESC LIMIT 1) r
