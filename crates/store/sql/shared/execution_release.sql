-- What an execution waited for is there. $1 id. 0 rows: it waits no more, or for something else.
UPDATE executions SET hold = NULL WHERE id = $1 AND state = 1 AND hold = 'WaitingForDependencies'
