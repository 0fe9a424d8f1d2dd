-- Before a job's executions are deleted: runs that wait for one of them are to look again. $1 job.
UPDATE runs SET is_due = TRUE
WHERE state = 2 AND id IN (
    SELECT n.run_id FROM executions e JOIN run_nodes n ON n.execution_id = e.id AND n.state = 2
    WHERE e.job_id = $1 AND e.awaited
)
