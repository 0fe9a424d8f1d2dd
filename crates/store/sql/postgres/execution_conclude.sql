-- Differs: columns as arrays. Ends attempts, each by its own token.
-- $1 ids, $2 attempts, $3 nodes, $4 new states, $5 started at or NULL to keep, $6 ended at or NULL, $7 eligible at or NULL to keep,
-- $8 failed tries to add, $9 errors, $10 output bytes, $11 output cut, $12 holds.
-- A row missing in the answer: the attempt is not the holder any more, and nothing of it may be written.
UPDATE executions e
SET state = x.state, started_at = COALESCE(x.started_at, e.started_at), ended_at = x.ended_at,
    eligible_at = COALESCE(x.eligible_at, e.eligible_at), tries = e.tries + x.tries, error = x.error,
    output_bytes = x.output_bytes, output_cut = x.output_cut, hold = x.hold,
    node_id = CASE WHEN x.state = 1 THEN NULL ELSE e.node_id END
FROM unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[],
    $9::text[], $10::bigint[], $11::bool[], $12::text[])
    AS x(id, attempt, node_id, state, started_at, ended_at, eligible_at, tries, error, output_bytes, output_cut, hold)
WHERE e.id = x.id AND e.state = 2 AND e.attempt = x.attempt AND e.node_id = x.node_id
RETURNING e.id, e.job_id, e.started_at, e.awaited
