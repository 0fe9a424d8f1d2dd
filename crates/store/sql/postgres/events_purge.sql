-- Differs: ordered by transaction. Of the oldest $2 events, forgets those from before $1; but the last of these
-- stays, as the mark of where memory begins.
DELETE FROM events WHERE (tx, seq) < (
    SELECT tx, seq FROM (SELECT tx, seq, at FROM events ORDER BY tx, seq LIMIT $2) AS oldest
    WHERE at < $1 ORDER BY tx DESC, seq DESC LIMIT 1)
