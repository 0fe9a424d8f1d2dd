-- Differs: one row at a time. The decision of owner $1 for instant $2, if it made execution $3.
DELETE FROM decisions WHERE owner_id = $1 AND due_at = $2 AND execution_id = $3
