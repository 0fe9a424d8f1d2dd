-- Running executions by the start's hour since the epoch.
SELECT started_at / 3600000000, count(*) FROM executions WHERE state = 2 AND started_at IS NOT NULL
GROUP BY started_at / 3600000000
