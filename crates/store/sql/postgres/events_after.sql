-- Differs: stops before the oldest transaction that has not ended. Events after position ($1, $2), oldest first. $3 limit.
SELECT tx, seq, at, body FROM events
WHERE (tx, seq) > ($1, $2) AND tx < pg_snapshot_xmin(pg_current_snapshot())::text::bigint AND body IS NOT NULL
ORDER BY tx, seq LIMIT $3
