-- Differs: numbered by their order alone. Of the oldest $2 events, forgets those from before $1; but the last of
-- these stays, as the mark of where memory begins.
DELETE FROM events WHERE seq < (
    SELECT max(seq) FROM (SELECT seq, at FROM events ORDER BY seq LIMIT $2) WHERE at < $1)
