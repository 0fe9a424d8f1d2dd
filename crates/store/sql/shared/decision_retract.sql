-- The instant fired, but what it fired never started. $1 owner, $2 due at, $3 execution, $4 decision. 0 rows: its row is gone.
UPDATE decisions SET decision = $4 WHERE owner_id = $1 AND due_at = $2 AND execution_id = $3
