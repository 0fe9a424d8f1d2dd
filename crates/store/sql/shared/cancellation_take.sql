-- What this node must stop. $1 node.
DELETE FROM cancellations WHERE node_id = $1 RETURNING execution_id
