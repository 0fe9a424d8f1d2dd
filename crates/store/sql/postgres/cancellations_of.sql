-- Differs: ids as an array. Executions that some node has not been told to stop yet. $1 executions.
SELECT execution_id FROM cancellations WHERE execution_id IN (SELECT unnest($1::uuid[]))
