-- Ended executions by their end: figures of a window, timelines and clearing old logs read this
-- index and nothing else, so it carries the start and the state. Written once per execution, when
-- it ends, at the index's growing edge; neither firing nor claiming touches it.
CREATE INDEX executions_by_end ON executions (ended_at, started_at, state) WHERE ended_at IS NOT NULL;
