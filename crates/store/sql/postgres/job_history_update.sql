-- Differs: columns as arrays; rows are locked in one order, or two nodes could wait for each other.
-- $1 jobs, $2 started at, $3 states, $4 whether one succeeded, $5 failures since (or to add).
WITH locked AS (
    SELECT job_id FROM job_history WHERE job_id IN (SELECT unnest($1::uuid[])) ORDER BY job_id FOR UPDATE
)
UPDATE job_history h
SET last_executed_at = greatest(h.last_executed_at, x.started_at), last_state = x.state,
    consecutive_failures = CASE WHEN x.reset THEN x.failures ELSE h.consecutive_failures + x.failures END
FROM locked l JOIN unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bool[], $5::bigint[])
    AS x(job_id, started_at, state, reset, failures) ON x.job_id = l.job_id
WHERE h.job_id = l.job_id
