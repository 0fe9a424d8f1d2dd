-- Newest first. $1 limit.
SELECT id, name, version, workers, started_at, beat_at, state,
    (SELECT count(*) FROM executions e WHERE e.node_id = nodes.id AND e.state = 2)
FROM nodes ORDER BY state, started_at DESC LIMIT $1
