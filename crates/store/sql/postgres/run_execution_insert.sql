-- Differs: columns as arrays. The executions of nodes that start. $1 ids, $2 jobs, or the nodes where those have their own definition,
-- $3 whether they have, $4 now, $5 triggered by. A row missing: the job is unknown or deleted.
INSERT INTO executions (id, job_id, state, origin, eligible_at, created_at, triggered_by, watched, awaited)
SELECT x.id, x.job_id, 1, 4, x.now, x.now, x.triggered_by, COALESCE(t.watched, FALSE), TRUE
FROM unnest($1::uuid[], $2::uuid[], $3::bool[], $4::bigint[], $5::text[]) AS x(id, job_id, has_own, now, triggered_by)
LEFT JOIN jobs j ON j.id = x.job_id AND j.deleted_at IS NULL
LEFT JOIN triggers t ON t.owner_id = j.id
WHERE x.has_own OR j.id IS NOT NULL
RETURNING id
