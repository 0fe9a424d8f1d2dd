-- Differs: one row at a time. $1 job: the state of the execution of it that ended last. No row back: none has.
-- Among the 16 newest that have ended: one index gives both, unless more than that ran side by side.
SELECT job_id, state FROM (SELECT job_id, state, ended_at FROM executions WHERE job_id = $1 AND state > 2 ORDER BY id DESC LIMIT 16)
ORDER BY ended_at DESC LIMIT 1
