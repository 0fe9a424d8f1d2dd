-- Workflows, their runs, and executions that wait for other jobs.

-- A graph of jobs. definition: its nodes, as core's NodeSpec.
CREATE TABLE workflows (
    id          BLOB NOT NULL PRIMARY KEY,
    name        TEXT NOT NULL,
    definition  TEXT NOT NULL,
    created_by  TEXT,
    created_at  INTEGER NOT NULL,
    deleted_at  INTEGER
) STRICT;
CREATE INDEX workflows_live ON workflows (id) WHERE deleted_at IS NULL;

-- Jobs whose scheduled executions start a workflow.
CREATE TABLE workflow_roots (
    job_id       BLOB NOT NULL,
    workflow_id  BLOB NOT NULL,
    PRIMARY KEY (job_id, workflow_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX workflow_roots_by_workflow ON workflow_roots (workflow_id);

-- One run of a graph each: a workflow's, later a schedule's.
CREATE TABLE runs (
    id              BLOB NOT NULL PRIMARY KEY,
    -- 1 workflow
    kind            INTEGER NOT NULL,
    owner_id        BLOB NOT NULL,
    owner_name      TEXT NOT NULL,
    state           INTEGER NOT NULL CHECK (state IN (1, 2, 3, 4, 5, 6)),
    -- Wants a look although no execution of it has just ended: it is new, or somebody touched it.
    is_due          INTEGER NOT NULL,
    -- What it runs, copied when it was made.
    snapshot        TEXT NOT NULL,
    n_nodes         INTEGER,
    origin          INTEGER NOT NULL,
    initiator       TEXT,
    due_at          INTEGER,
    resumes_run_id  BLOB,
    created_at      INTEGER NOT NULL,
    started_at      INTEGER,
    ended_at        INTEGER,
    error           TEXT,
    version         INTEGER NOT NULL
) STRICT;
CREATE INDEX runs_due ON runs (id) WHERE is_due;
CREATE INDEX runs_by_owner ON runs (owner_id, id);
CREATE INDEX runs_live ON runs (owner_id) WHERE state IN (1, 2);
CREATE INDEX runs_by_end ON runs (ended_at) WHERE ended_at IS NOT NULL;

-- Nodes that have moved; one without a row waits. The key is what keeps a node from starting twice.
CREATE TABLE run_nodes (
    run_id        BLOB NOT NULL,
    node_id       BLOB NOT NULL,
    state         INTEGER NOT NULL,
    execution_id  BLOB,
    started_at    INTEGER,
    ended_at      INTEGER,
    error         TEXT,
    PRIMARY KEY (run_id, node_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX run_nodes_by_execution ON run_nodes (execution_id) WHERE execution_id IS NOT NULL;

-- A node of a run waits for its end, and has not noted it yet.
ALTER TABLE executions ADD COLUMN awaited INTEGER NOT NULL DEFAULT 0;
CREATE INDEX executions_awaited ON executions (id) WHERE awaited AND state > 2;
-- Executions that wait for other jobs.
CREATE INDEX executions_held ON executions (id) WHERE hold = 'WaitingForDependencies';
-- Firing has to look: the job waits for others, or a workflow starts with it.
ALTER TABLE triggers ADD COLUMN tied INTEGER NOT NULL DEFAULT 0;
UPDATE triggers SET tied = 1 WHERE owner_id IN (SELECT job_id FROM job_dependencies);
