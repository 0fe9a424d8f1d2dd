-- What waits, runs and is due at $1; each counted up to $2. Every part reads a partial index that holds live rows only.
SELECT
    (SELECT count(*) FROM (SELECT 1 FROM executions
        WHERE state = 1 AND hold IS NULL AND NOT watched AND eligible_at <= $1 LIMIT $2) AS ready),
    (SELECT min(eligible_at) FROM executions WHERE state = 1 AND hold IS NULL AND NOT watched AND eligible_at <= $1),
    (SELECT count(*) FROM (SELECT 1 FROM executions
        WHERE state = 1 AND hold IS NULL AND NOT watched AND eligible_at > $1 LIMIT $2) AS later),
    (SELECT count(*) FROM (SELECT 1 FROM executions
        WHERE state IN (1, 2) AND watched AND state = 1 LIMIT $2) AS limited),
    (SELECT count(*) FROM (SELECT 1 FROM executions WHERE hold = 'WaitingForDependencies' LIMIT $2) AS dependent),
    (SELECT count(*) FROM (SELECT 1 FROM executions WHERE state = 2 LIMIT $2) AS running),
    (SELECT count(*) FROM (SELECT 1 FROM executions e JOIN nodes n ON n.id = e.node_id AND n.state <> 1
        WHERE e.state = 2 LIMIT $2) AS orphaned),
    (SELECT count(*) FROM (SELECT 1 FROM triggers WHERE wake_at <= $1 LIMIT $2) AS due),
    (SELECT min(wake_at) FROM triggers WHERE wake_at <= $1)
