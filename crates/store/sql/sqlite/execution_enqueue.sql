-- Differs: one row at a time. An execution somebody asked for. No row back: the job is unknown or deleted.
-- $1 id, $2 job, $3 origin, $4 now, $5 triggered by, $6 retry parent, $7 node that claims it at once or NULL.
INSERT INTO executions (id, job_id, state, origin, eligible_at, created_at, triggered_by, retry_parent_id, watched,
    node_id, started_at, attempt)
SELECT $1, j.id, CASE WHEN $7 IS NULL OR t.watched THEN 1 ELSE 2 END, $3, $4, $4, $5, $6, t.watched,
    CASE WHEN t.watched THEN NULL ELSE $7 END, CASE WHEN $7 IS NULL OR t.watched THEN NULL ELSE $4 END,
    CASE WHEN $7 IS NULL OR t.watched THEN 0 ELSE 1 END
FROM jobs j JOIN triggers t ON t.owner_id = j.id
WHERE j.id = $2 AND j.deleted_at IS NULL
RETURNING id, job_id, state, (SELECT version FROM jobs WHERE jobs.id = executions.job_id)
