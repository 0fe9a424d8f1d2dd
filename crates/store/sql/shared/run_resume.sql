-- A new run of what an ended one ran. $1 id, $2 the run it resumes, $3 initiator, $4 now. 0 rows: that one is unknown or has not ended.
INSERT INTO runs (id, kind, owner_id, owner_name, state, is_due, snapshot, n_nodes, origin, initiator, resumes_run_id,
    created_at, started_at, version)
SELECT $1, kind, owner_id, owner_name, 2, TRUE, snapshot, n_nodes, 3, $3, id, $4, $4, 1
FROM runs WHERE id = $2 AND state > 2
RETURNING id
