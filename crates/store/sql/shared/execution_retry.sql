-- A new execution of the job of one that ended badly. $1 new id, $2 source, $3 now, $4 triggered by.
-- 0 rows: the source is unknown, has not ended badly, or its job is deleted.
INSERT INTO executions (id, job_id, state, origin, eligible_at, created_at, triggered_by, retry_parent_id, watched)
SELECT $1, s.job_id, 1, 3, $3, $3, $4, s.id, t.watched
FROM executions s JOIN jobs j ON j.id = s.job_id AND j.deleted_at IS NULL JOIN triggers t ON t.owner_id = j.id
WHERE s.id = $2 AND s.state IN (4, 5)
RETURNING id, job_id
