-- A run of a workflow as it is now. $1 run, $2 workflow, $3 origin, $4 initiator, $5 now. 0 rows: the workflow is unknown or deleted.
INSERT INTO runs (id, kind, owner_id, owner_name, state, is_due, snapshot, origin, initiator, created_at, version)
SELECT $1, 1, w.id, w.name, 1, TRUE, w.definition, $3, $4, $5, 1
FROM workflows w WHERE w.id = $2 AND w.deleted_at IS NULL
RETURNING id
