-- Executions that ended after $1: succeeded, failed, cancelled; started at or after $2; those that ran to an end of
-- their own, and the microseconds that took.
SELECT count(*) FILTER (WHERE state = 3), count(*) FILTER (WHERE state = 4), count(*) FILTER (WHERE state = 5),
    count(*) FILTER (WHERE started_at >= $2), count(*) FILTER (WHERE started_at IS NOT NULL AND state IN (3, 4)),
    CAST(COALESCE(sum(ended_at - started_at) FILTER (WHERE state IN (3, 4)), 0) AS BIGINT)
FROM executions
WHERE ended_at > $1
