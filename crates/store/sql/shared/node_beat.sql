-- $1 id, $2 now. 0 rows: this node was declared lost and must stop what it runs.
UPDATE nodes SET beat_at = $2 WHERE id = $1 AND state = 1
