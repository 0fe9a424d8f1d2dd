-- Executions that ended at or after $1 in another hour than they started in, by both hours since the epoch.
SELECT started_at / 3600000000, ended_at / 3600000000, count(*) FROM executions
WHERE ended_at >= $1 AND started_at / 3600000000 < ended_at / 3600000000
GROUP BY started_at / 3600000000, ended_at / 3600000000
