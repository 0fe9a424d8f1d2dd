-- Differs: row locks; nodes skip what another is firing. $1 now, $2 limit. Version NULL: the owner is a schedule.
SELECT t.owner_id, t.spec, t.standing, t.paused_until, t.pause_reason, t.cursor_at, t.wake_at, t.next_run_at, t.tail, j.version, t.tied
FROM triggers t LEFT JOIN jobs j ON j.id = t.owner_id
WHERE t.wake_at <= $1
ORDER BY t.wake_at
LIMIT $2
FOR UPDATE OF t SKIP LOCKED
