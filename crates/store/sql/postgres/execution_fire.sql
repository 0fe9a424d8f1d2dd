-- Differs: columns as arrays. Executions that their triggers made due.
-- $1 ids, $2 jobs, $3 states (1, or 2 when born claimed), $4 due at, $5 eligible at, $6 now, $7 started at, $8 attempts (0 or 1),
-- $9 nodes, $10 watched.
INSERT INTO executions (id, job_id, state, origin, due_at, eligible_at, created_at, started_at, attempt, node_id, watched)
SELECT id, job_id, state, 1, due_at, eligible_at, created_at, started_at, attempt, node_id, watched
FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[],
    $9::uuid[], $10::bool[])
    AS x(id, job_id, state, due_at, eligible_at, created_at, started_at, attempt, node_id, watched)
