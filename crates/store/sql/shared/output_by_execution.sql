-- $1 execution. 0 rows: it has produced nothing.
SELECT body FROM outputs WHERE execution_id = $1
