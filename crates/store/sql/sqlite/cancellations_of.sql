-- Differs: one row at a time. An execution that some node has not been told to stop yet. $1 execution.
SELECT execution_id FROM cancellations WHERE execution_id = $1
