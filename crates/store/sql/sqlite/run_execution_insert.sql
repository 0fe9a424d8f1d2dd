-- Differs: one row at a time. The execution of a node that starts. $1 id, $2 job, or the node where it has its own definition,
-- $3 whether it has, $4 now, $5 triggered by. No row back: the job is unknown or deleted.
INSERT INTO executions (id, job_id, state, origin, eligible_at, created_at, triggered_by, watched, awaited)
SELECT $1, $2, 1, 4, $4, $4, $5, COALESCE(t.watched, FALSE), TRUE
FROM (SELECT 1) x LEFT JOIN jobs j ON j.id = $2 AND j.deleted_at IS NULL LEFT JOIN triggers t ON t.owner_id = j.id
WHERE $3 OR j.id IS NOT NULL
RETURNING id
