-- Differs: one owner per call. $1 owner. Its rule, and how many of its executions run. 0 rows: nothing limits them.
SELECT t.owner_id, t.spec, (SELECT count(*) FROM executions e WHERE e.job_id = t.owner_id AND e.state = 2 AND e.watched)
FROM triggers t WHERE t.owner_id = $1 AND t.watched
