-- Differs: one row at a time. $1 job, $2 started at, $3 state, $4 whether one succeeded, $5 failures since (or to add).
UPDATE job_history
SET last_executed_at = max(COALESCE(last_executed_at, $2), $2), last_state = $3,
    consecutive_failures = CASE WHEN $4 THEN $5 ELSE consecutive_failures + $5 END
WHERE job_id = $1
