-- Differs: columns as arrays. Runs of schedules that were due, with a copy of their steps. $1 ids, $2 schedules, $3 due at, $4 now.
INSERT INTO runs (id, kind, owner_id, owner_name, state, is_due, snapshot, origin, due_at, created_at, version)
SELECT x.id, 2, s.id, s.name, 1, TRUE, s.steps, 1, x.due_at, x.now, 1
FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::bigint[]) AS x(id, schedule_id, due_at, now)
JOIN schedules s ON s.id = x.schedule_id
