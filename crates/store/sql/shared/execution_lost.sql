-- Running executions of nodes that are not live. $1 limit. The spec holds the lost-attempt policy.
SELECT e.id, e.job_id, e.attempt, e.losses, e.started_at, e.node_id, t.spec, e.awaited
FROM executions e JOIN nodes n ON n.id = e.node_id AND n.state <> 1 LEFT JOIN triggers t ON t.owner_id = e.job_id
WHERE e.state = 2
ORDER BY e.id
LIMIT $1
