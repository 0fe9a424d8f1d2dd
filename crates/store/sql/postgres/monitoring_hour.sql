-- Differs: columns as arrays. $1 hours from, $2 to, exclusive: succeeded and failed of each.
SELECT x.from_at, s.succeeded, s.failed
FROM unnest($1::bigint[], $2::bigint[]) AS x(from_at, to_at) CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE e.state = 3) AS succeeded, count(*) FILTER (WHERE e.state = 4) AS failed
    FROM executions e WHERE e.ended_at >= x.from_at AND e.ended_at < x.to_at) s
