-- Enabled triggers that fire after those at ($2, $3) and up to $1, soonest first. $4 limit.
-- The plus keeps SQLite from the index by standing: it would sort all enabled triggers for every part.
SELECT t.owner_id, t.spec, t.standing, t.paused_until, t.pause_reason, t.cursor_at, t.wake_at, t.next_run_at, t.tail, j.name
FROM triggers t JOIN jobs j ON j.id = t.owner_id
WHERE +t.standing = 1 AND t.next_run_at <= $1 AND (t.next_run_at, t.owner_id) > ($2, $3)
ORDER BY t.next_run_at, t.owner_id
LIMIT $4
