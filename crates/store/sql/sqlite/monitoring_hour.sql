-- Differs: one hour at a time, since grouping would sort every row. $1 from, $2 to, exclusive: succeeded and failed.
SELECT $1, count(*) FILTER (WHERE state = 3), count(*) FILTER (WHERE state = 4) FROM executions
WHERE ended_at >= $1 AND ended_at < $2
