-- Schedules: steps in order, and how their times were written down. When one is due stands in triggers under its id;
-- one that only people run has no row there.
CREATE TABLE schedules (
    id           BLOB NOT NULL PRIMARY KEY,
    name         TEXT NOT NULL UNIQUE,
    description  TEXT,
    pattern      TEXT NOT NULL,
    zone         TEXT NOT NULL,
    is_enabled   INTEGER NOT NULL,
    -- What an execution copies when it starts.
    steps        TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER,
    version      INTEGER NOT NULL,
    -- Name and description in lower case, for search; the name alone for sorting.
    search_text  TEXT NOT NULL,
    name_key     TEXT NOT NULL
) STRICT;
CREATE INDEX schedules_by_creation ON schedules (created_at, id);
CREATE INDEX schedules_by_name ON schedules (name_key, id);
-- Lists of schedule executions, newest first.
CREATE INDEX runs_by_creation ON runs (kind, created_at, id);
