-- Differs: columns as arrays. $1 executions, $2 texts. A later attempt's output replaces the earlier one's.
INSERT INTO outputs (execution_id, body) SELECT * FROM unnest($1::uuid[], $2::text[])
ON CONFLICT (execution_id) DO UPDATE SET body = excluded.body
