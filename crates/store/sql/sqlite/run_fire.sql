-- Differs: one row at a time. A run of a schedule that was due, with a copy of its steps. $1 id, $2 schedule, $3 due at, $4 now.
INSERT INTO runs (id, kind, owner_id, owner_name, state, is_due, snapshot, origin, due_at, created_at, version)
SELECT $1, 2, id, name, 1, TRUE, steps, 1, $3, $4, 1 FROM schedules WHERE id = $2
