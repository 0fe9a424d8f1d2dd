-- Differs: transactions that have not ended may still add rows. The position before which all events are known, but not
-- before the oldest that is kept: somebody's long transaction elsewhere must not send a new listener away at once.
SELECT tx, seq FROM (
    (SELECT tx, seq FROM events ORDER BY tx, seq LIMIT 1)
    UNION ALL
    SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint, 0::bigint
) ends
ORDER BY tx DESC, seq DESC LIMIT 1
