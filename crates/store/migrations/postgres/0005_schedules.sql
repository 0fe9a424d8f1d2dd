-- Schedules: steps in order, and how their times were written down. When one is due stands in triggers under its id;
-- one that only people run has no row there.
CREATE TABLE schedules (
    id           UUID NOT NULL PRIMARY KEY,
    name         TEXT COLLATE "C" NOT NULL UNIQUE,
    description  TEXT,
    pattern      TEXT NOT NULL,
    zone         TEXT NOT NULL,
    is_enabled   BOOLEAN NOT NULL,
    -- What an execution copies when it starts.
    steps        TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    updated_at   BIGINT,
    version      BIGINT NOT NULL,
    -- Name and description in lower case, for search; the name alone for sorting.
    search_text  TEXT NOT NULL,
    name_key     TEXT COLLATE "C" NOT NULL
);
CREATE INDEX schedules_by_creation ON schedules (created_at, id);
CREATE INDEX schedules_by_name ON schedules (name_key, id);
-- Lists of schedule executions, newest first.
CREATE INDEX runs_by_creation ON runs (kind, created_at, id);
