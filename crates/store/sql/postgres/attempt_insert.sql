-- Differs: columns as arrays. Attempts that did not end their executions.
-- $1 executions, $2 numbers, $3 started at, $4 ended at, $5 outcomes, $6 errors, $7 nodes.
INSERT INTO attempts (execution_id, number, started_at, ended_at, outcome, error, node_id)
SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::uuid[])
ON CONFLICT (execution_id, number) DO NOTHING
