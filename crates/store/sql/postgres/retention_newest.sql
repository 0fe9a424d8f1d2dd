-- Differs: columns as arrays. $1 jobs, $2 how many. The oldest of each one's newest executions. A row missing: it has no
-- more than that.
SELECT x.job_id, n.id FROM unnest($1::uuid[], $2::bigint[]) AS x(job_id, n_kept) CROSS JOIN LATERAL (
    SELECT id FROM executions e WHERE e.job_id = x.job_id ORDER BY id DESC LIMIT 1 OFFSET x.n_kept - 1) n
