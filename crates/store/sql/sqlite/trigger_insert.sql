-- Differs: one row at a time. $1..$10 the columns in order.
INSERT INTO triggers (owner_id, spec, standing, paused_until, pause_reason, cursor_at, wake_at, next_run_at, tail, watched) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
