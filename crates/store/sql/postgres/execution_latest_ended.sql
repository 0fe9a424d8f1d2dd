-- Differs: ids as an array. $1 jobs: the states of the executions of them that ended last. A row missing: none has.
-- Among the 16 newest that have ended: one index gives both, unless more than that ran side by side.
SELECT l.job_id, l.state FROM unnest($1::uuid[]) AS x(job_id) CROSS JOIN LATERAL (
    SELECT n.job_id, n.state FROM (
        SELECT e.job_id, e.state, e.ended_at FROM executions e WHERE e.job_id = x.job_id AND e.state > 2 ORDER BY e.id DESC LIMIT 16
    ) n ORDER BY n.ended_at DESC LIMIT 1
) l
