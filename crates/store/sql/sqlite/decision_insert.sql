-- Differs: one row at a time. $1 owner, $2 first instant, $3 last instant, $4 instants, $5 decision, $6 execution.
-- No row back: that instant was decided before, and nothing must fire for it.
INSERT INTO decisions (owner_id, due_at, last_due_at, n_instants, decision, execution_id)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (owner_id, due_at) DO NOTHING
RETURNING owner_id, due_at
