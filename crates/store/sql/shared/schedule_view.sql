-- The columns of a schedule with its trigger, if it has one; a WHERE clause is appended by store::schedules.
SELECT s.id, s.name, s.description, s.pattern, s.zone, s.is_enabled, s.steps, s.created_at, s.updated_at, s.version,
    t.spec, t.standing, t.paused_until, t.pause_reason, t.cursor_at, t.wake_at, t.next_run_at, t.tail
FROM schedules s LEFT JOIN triggers t ON t.owner_id = s.id
