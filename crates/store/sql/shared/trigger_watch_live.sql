-- After a policy change: live executions of the owner are watched or not from now on. $1 owner, $2 watched.
UPDATE executions SET watched = $2 WHERE job_id = $1 AND state IN (1, 2) AND watched <> $2
