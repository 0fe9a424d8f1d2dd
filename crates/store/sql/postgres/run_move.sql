-- Differs: columns as arrays. Runs move on. $1 runs, $2 the versions and $3 the states they must still have, $4 states, $5 nodes,
-- $6 started at, $7 ended at, $8 errors. A row missing: somebody moved it meanwhile.
UPDATE runs r
SET state = x.new_state, n_nodes = x.n_nodes, started_at = COALESCE(r.started_at, x.started_at), ended_at = x.ended_at,
    error = x.error, is_due = FALSE, version = r.version + 1
FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::text[])
    AS x(id, version, old_state, new_state, n_nodes, started_at, ended_at, error)
WHERE r.id = x.id AND r.version = x.version AND r.state = x.old_state
RETURNING r.id
