-- Differs: columns as arrays; their event in the same statement, which is a transaction of its own.
-- Executions somebody asked for. A row missing in the answer: the job is unknown or deleted.
-- $1 ids, $2 jobs, $3 origins, $4 now, $5 triggered by, $6 retry parents, $7 nodes that claim them at once or NULL,
-- $8 the event of them all in the first place.
WITH made AS (
INSERT INTO executions (id, job_id, state, origin, eligible_at, created_at, triggered_by, retry_parent_id, watched,
    node_id, started_at, attempt)
SELECT x.id, j.id, CASE WHEN x.node_id IS NULL OR t.watched THEN 1 ELSE 2 END, x.origin, x.created_at, x.created_at,
    x.triggered_by, x.retry_parent_id, t.watched,
    CASE WHEN t.watched THEN NULL ELSE x.node_id END,
    CASE WHEN x.node_id IS NULL OR t.watched THEN NULL ELSE x.created_at END,
    CASE WHEN x.node_id IS NULL OR t.watched THEN 0 ELSE 1 END
FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::bigint[], $5::text[], $6::uuid[], $7::uuid[])
    AS x(id, job_id, origin, created_at, triggered_by, retry_parent_id, node_id)
JOIN jobs j ON j.id = x.job_id AND j.deleted_at IS NULL
JOIN triggers t ON t.owner_id = j.id
RETURNING id, job_id, state
), told AS (
INSERT INTO events (at, body) SELECT ($4::bigint[])[1], ($8::text[])[1] WHERE EXISTS (SELECT 1 FROM made)
)
SELECT m.id, m.job_id, m.state, j.version FROM made m JOIN jobs j ON j.id = m.job_id
