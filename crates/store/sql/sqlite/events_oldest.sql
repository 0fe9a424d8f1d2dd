-- Differs: numbered by their order alone. The oldest position that is kept.
SELECT 0, min(seq) FROM events
