-- Nodes whose last beat is older than $1, but not $2 (the one that asks).
UPDATE nodes SET state = 3 WHERE state = 1 AND beat_at < $1 AND id <> $2
RETURNING id, name
