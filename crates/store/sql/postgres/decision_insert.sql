-- Differs: columns as arrays. $1 owners, $2 first instants, $3 last instants, $4 instants, $5 decisions, $6 executions.
-- A row missing in the answer: that instant was decided before, and nothing must fire for it.
INSERT INTO decisions (owner_id, due_at, last_due_at, n_instants, decision, execution_id)
SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::uuid[])
ON CONFLICT (owner_id, due_at) DO NOTHING
RETURNING owner_id, due_at
