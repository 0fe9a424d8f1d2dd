-- Differs: one row at a time. A range of equal skips grows. $1 owner, $2 first instant, $3 last instant, $4 instants.
UPDATE decisions SET last_due_at = $3, n_instants = $4 WHERE owner_id = $1 AND due_at = $2 AND last_due_at < $3
