-- Whether anything is there for this node, without writing. $1 node.
SELECT count(*) FROM cancellations WHERE node_id = $1
