-- Differs: one row at a time. An execution that its trigger made due.
-- $1 id, $2 job, $3 state (1, or 2 when born claimed), $4 due at, $5 eligible at, $6 now, $7 started at, $8 attempt (0 or 1),
-- $9 node, $10 watched.
INSERT INTO executions (id, job_id, state, origin, due_at, eligible_at, created_at, started_at, attempt, node_id, watched)
VALUES ($1, $2, $3, 1, $4, $5, $6, $7, $8, $9, $10)
