-- SQLite has none: its positions are the file's own.
-- Rows that a dump brought from another cluster, whose transactions are numbered otherwise: no reader would come to them.
DELETE FROM events WHERE tx >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint
