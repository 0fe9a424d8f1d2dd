-- When the next waiting execution may start. $1 now: those eligible already come first anyway. NULL: none waits.
SELECT min(eligible_at) FROM executions WHERE state = 1 AND hold IS NULL AND NOT watched
