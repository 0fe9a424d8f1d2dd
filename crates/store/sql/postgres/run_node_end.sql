-- Differs: columns as arrays. Running nodes end. $1 runs, $2 nodes, $3 states, $4 ended at, $5 errors. A row missing: it does not run.
UPDATE run_nodes n SET state = x.state, ended_at = x.ended_at, error = x.error
FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::bigint[], $5::text[]) AS x(run_id, node_id, state, ended_at, error)
WHERE n.run_id = x.run_id AND n.node_id = x.node_id AND n.state = 2
RETURNING n.node_id
