-- Differs: one row at a time. $1 execution, $2 text. A later attempt's output replaces the earlier one's.
INSERT INTO outputs (execution_id, body) VALUES ($1, $2)
ON CONFLICT (execution_id) DO UPDATE SET body = excluded.body
