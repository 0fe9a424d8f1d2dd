-- Differs: columns as arrays. Decisions of owners $1 for instants $2, if they made executions $3.
DELETE FROM decisions d USING unnest($1::uuid[], $2::bigint[], $3::uuid[]) AS x(owner_id, due_at, execution_id)
WHERE d.owner_id = x.owner_id AND d.due_at = x.due_at AND d.execution_id = x.execution_id
