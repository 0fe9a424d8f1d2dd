-- A run that somebody asked for, with a copy of the steps. $1 id, $2 schedule, $3 initiator, $4 now. 0 rows: the schedule is unknown.
INSERT INTO runs (id, kind, owner_id, owner_name, state, is_due, snapshot, origin, initiator, created_at, version)
SELECT $1, 2, id, name, 1, TRUE, steps, 2, $3, $4, 1 FROM schedules WHERE id = $2
