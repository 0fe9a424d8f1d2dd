-- Differs: columns as arrays. Takes lost attempts' executions away from their nodes.
-- $1 ids, $2 attempts, $3 nodes, $4 new states, $5 now, $6 errors, $7 holds. A row missing: it ended or moved meanwhile.
UPDATE executions e
SET state = x.state, losses = e.losses + 1, error = x.error, hold = x.hold,
    ended_at = CASE WHEN x.state = 1 THEN NULL ELSE x.now END,
    eligible_at = CASE WHEN x.state = 1 THEN x.now ELSE e.eligible_at END,
    node_id = CASE WHEN x.state = 1 THEN NULL ELSE e.node_id END
FROM unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::bigint[], $5::bigint[], $6::text[], $7::text[])
    AS x(id, attempt, node_id, state, now, error, hold)
WHERE e.id = x.id AND e.state = 2 AND e.attempt = x.attempt AND e.node_id = x.node_id
RETURNING e.id, e.job_id, e.started_at, e.awaited
