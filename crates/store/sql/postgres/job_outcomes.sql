-- Differs: columns as arrays. $1 jobs, $2 most rows of each: its newest executions, newest first.
SELECT x.job_id, e.id, e.state, e.due_at, e.started_at, e.ended_at
FROM unnest($1::uuid[], $2::bigint[]) AS x(job_id, n_max) CROSS JOIN LATERAL (
    SELECT id, state, due_at, started_at, ended_at FROM executions
    WHERE job_id = x.job_id ORDER BY id DESC LIMIT x.n_max) e
