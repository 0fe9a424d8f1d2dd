-- Differs: no transaction of another can be open. Events after position (0, $2), oldest first. $3 limit.
SELECT 0, seq, at, body FROM events WHERE seq > $2 AND body IS NOT NULL ORDER BY seq LIMIT $3
