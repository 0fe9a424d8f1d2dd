-- Triggers of jobs that are not deleted, after owner $2, of standing $1. $3 limit.
SELECT t.owner_id, t.spec, t.standing, t.paused_until, t.pause_reason, t.cursor_at, t.wake_at, t.next_run_at, t.tail
FROM triggers t JOIN jobs j ON j.id = t.owner_id
WHERE t.standing = $1 AND t.owner_id > $2 AND j.deleted_at IS NULL
ORDER BY t.owner_id
LIMIT $3
