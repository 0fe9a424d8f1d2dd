-- Differs: waits for the row's lock, since a caller wants this very one. $1 now, $2 owner. 0 rows: it is not due. Version NULL: the owner is a schedule.
SELECT t.owner_id, t.spec, t.standing, t.paused_until, t.pause_reason, t.cursor_at, t.wake_at, t.next_run_at, t.tail, j.version, t.tied
FROM triggers t LEFT JOIN jobs j ON j.id = t.owner_id
WHERE t.owner_id = $2 AND t.wake_at <= $1
FOR UPDATE OF t
