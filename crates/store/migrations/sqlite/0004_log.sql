-- The log of executions finds what ended badly among many that succeeded. Those that succeed never
-- stand in this index: the common way of an execution does not pay for it.
CREATE INDEX executions_ended_badly ON executions (state, id) WHERE state IN (4, 5);
