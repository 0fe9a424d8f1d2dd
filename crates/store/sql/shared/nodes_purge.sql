-- Nodes that ended before $1 and hold nothing any more.
DELETE FROM nodes WHERE state <> 1 AND beat_at < $1
    AND NOT EXISTS (SELECT 1 FROM executions e WHERE e.node_id = nodes.id AND e.state = 2)
