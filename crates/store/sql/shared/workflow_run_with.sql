-- A run that a root job's execution started. $1 run, $2 workflow, $3 due at, $4 now. 0 rows: the workflow was deleted meanwhile.
INSERT INTO runs (id, kind, owner_id, owner_name, state, is_due, snapshot, origin, due_at, created_at, started_at, version)
SELECT $1, 1, w.id, w.name, 2, TRUE, w.definition, 1, $3, $4, $4, 1
FROM workflows w WHERE w.id = $2 AND w.deleted_at IS NULL
RETURNING id
