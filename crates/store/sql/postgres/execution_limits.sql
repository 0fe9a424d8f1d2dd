-- Differs: owners as an array. $1 owners. Their rules, and how many of their executions run. A row missing: nothing limits them.
SELECT t.owner_id, t.spec, (SELECT count(*) FROM executions e WHERE e.job_id = t.owner_id AND e.state = 2 AND e.watched)
FROM triggers t WHERE t.owner_id IN (SELECT unnest($1::uuid[])) AND t.watched
