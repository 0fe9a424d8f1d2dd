-- Differs: transactions that have not ended may still add rows. The position before which all events are known.
SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint, 0::bigint
