-- How many jobs there are, enabled, paused, completed and failing, and when one last changed.
-- A deleted job's trigger is disabled, so the triggers alone tell the standings.
SELECT (SELECT count(*) FROM jobs WHERE deleted_at IS NULL), (SELECT count(*) FROM triggers WHERE standing = 1),
    (SELECT count(*) FROM triggers WHERE standing = 2), (SELECT count(*) FROM triggers WHERE standing = 4),
    (SELECT count(*) FROM job_history h JOIN jobs j ON j.id = h.job_id WHERE h.consecutive_failures > 0 AND j.deleted_at IS NULL),
    (SELECT max(updated_at) FROM jobs WHERE deleted_at IS NULL)
