-- Differs: columns as arrays. Ranges of equal skips grow. $1 owners, $2 first instants, $3 last instants, $4 instants.
UPDATE decisions d SET last_due_at = x.last_due_at, n_instants = x.n_instants
FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[]) AS x(owner_id, due_at, last_due_at, n_instants)
WHERE d.owner_id = x.owner_id AND d.due_at = x.due_at AND d.last_due_at < x.last_due_at
