-- Differs: the last row is the end. The position before which all events are known.
SELECT 0, COALESCE(max(seq), 0) FROM events
