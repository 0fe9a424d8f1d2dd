-- The columns of a job with its trigger and history; a WHERE clause is appended by store::jobs.
SELECT j.id, j.name, j.description, j.job_type, j.configuration, j.retry, j.timeout_seconds, j.tags, j.created_by,
    j.last_modified_by, j.created_at, j.updated_at, j.deleted_at, j.version,
    t.spec, t.standing, t.paused_until, t.pause_reason, t.cursor_at, t.wake_at, t.next_run_at, t.tail,
    h.last_executed_at, h.last_state, h.consecutive_failures
FROM jobs j JOIN triggers t ON t.owner_id = j.id JOIN job_history h ON h.job_id = j.id
