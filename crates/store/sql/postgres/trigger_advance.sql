-- Differs: columns as arrays. Moves triggers past what was decided; they never move back.
-- $1 owners, $2 new cursors, $3 standings, $4 paused until, $5 pause reasons, $6 wake at, $7 next run at, $8 tails,
-- $9 the cursors the plans were made from. A row missing in the answer: another ticker was first.
UPDATE triggers t
SET cursor_at = x.cursor_at, standing = x.standing, paused_until = x.paused_until, pause_reason = x.pause_reason,
    wake_at = x.wake_at, next_run_at = x.next_run_at, tail = x.tail
FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::bigint[], $7::bigint[], $8::text[],
    $9::bigint[])
    AS x(owner_id, cursor_at, standing, paused_until, pause_reason, wake_at, next_run_at, tail, old_cursor_at)
WHERE t.owner_id = x.owner_id AND t.cursor_at = x.old_cursor_at
RETURNING t.owner_id
