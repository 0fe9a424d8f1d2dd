-- Differs: ordered by transaction. The oldest position that is kept.
SELECT tx, seq FROM events ORDER BY tx, seq LIMIT 1
