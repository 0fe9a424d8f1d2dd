-- The first schema. Instants are UTC microseconds; states are the codes of core's enums.

CREATE TABLE settings (
    key    TEXT NOT NULL PRIMARY KEY,
    value  TEXT NOT NULL
) STRICT;

-- What to run. When it is due stands in triggers, how it went in job_history.
CREATE TABLE jobs (
    id                BLOB NOT NULL PRIMARY KEY,
    name              TEXT NOT NULL,
    description       TEXT,
    job_type          INTEGER NOT NULL,
    configuration     TEXT NOT NULL,
    retry             TEXT NOT NULL,
    timeout_seconds   INTEGER NOT NULL,
    tags              TEXT NOT NULL,
    created_by        TEXT,
    last_modified_by  TEXT,
    created_at        INTEGER NOT NULL,
    updated_at        INTEGER NOT NULL,
    deleted_at        INTEGER,
    version           INTEGER NOT NULL,
    -- Name and description in lower case, for search; the name alone for sorting.
    search_text       TEXT NOT NULL,
    name_key          TEXT NOT NULL
) STRICT;
CREATE INDEX jobs_by_creation ON jobs (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX jobs_by_update ON jobs (updated_at, id) WHERE deleted_at IS NULL;
CREATE INDEX jobs_by_name ON jobs (name_key, id) WHERE deleted_at IS NULL;

CREATE TABLE job_tags (
    tag     TEXT NOT NULL,
    job_id  BLOB NOT NULL,
    PRIMARY KEY (tag, job_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX job_tags_by_job ON job_tags (job_id);

-- Changes with every execution, so it does not stand in jobs.
CREATE TABLE job_history (
    job_id                BLOB NOT NULL PRIMARY KEY,
    last_executed_at      INTEGER,
    last_state            INTEGER,
    consecutive_failures  INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX job_history_failing ON job_history (consecutive_failures) WHERE consecutive_failures > 0;

CREATE TABLE job_dependencies (
    job_id             BLOB NOT NULL,
    depends_on_job_id  BLOB NOT NULL,
    condition          TEXT NOT NULL,
    PRIMARY KEY (job_id, depends_on_job_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX job_dependencies_reverse ON job_dependencies (depends_on_job_id);

-- When an owner is due. cursor: every due instant up to and including it has its decision.
CREATE TABLE triggers (
    owner_id      BLOB NOT NULL PRIMARY KEY,
    spec          TEXT NOT NULL,
    standing      INTEGER NOT NULL CHECK (standing IN (1, 2, 3, 4)),
    paused_until  INTEGER,
    pause_reason  TEXT,
    cursor_at     INTEGER NOT NULL,
    wake_at       INTEGER,
    next_run_at   INTEGER,
    tail          TEXT,
    -- The overlap policy or a concurrency limit asks for the owner's live executions.
    watched       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX triggers_wake ON triggers (wake_at) WHERE wake_at IS NOT NULL;
CREATE INDEX triggers_next_run ON triggers (next_run_at, owner_id);
CREATE INDEX triggers_standing ON triggers (standing);

-- What was done about each due instant; equal skips of consecutive instants are one row.
CREATE TABLE decisions (
    owner_id       BLOB NOT NULL,
    due_at         INTEGER NOT NULL,
    last_due_at    INTEGER NOT NULL,
    n_instants     INTEGER NOT NULL,
    decision       TEXT NOT NULL,
    execution_id   BLOB,
    PRIMARY KEY (owner_id, due_at)
) STRICT, WITHOUT ROWID;

CREATE TABLE executions (
    id               BLOB NOT NULL PRIMARY KEY,
    job_id           BLOB NOT NULL,
    state            INTEGER NOT NULL CHECK (state IN (1, 2, 3, 4, 5)),
    origin           INTEGER NOT NULL,
    due_at           INTEGER,
    eligible_at      INTEGER NOT NULL,
    created_at       INTEGER NOT NULL,
    started_at       INTEGER,
    ended_at         INTEGER,
    -- Grows with every claim: the fencing token.
    attempt          INTEGER NOT NULL DEFAULT 0,
    -- Failed tries, and attempts lost with their node.
    tries            INTEGER NOT NULL DEFAULT 0,
    losses           INTEGER NOT NULL DEFAULT 0,
    node_id          BLOB,
    -- Why a pending execution is not to be claimed, if it is not.
    hold             TEXT,
    -- Its job has an overlap policy or a concurrency limit: claimed with care.
    watched          INTEGER NOT NULL,
    retry_parent_id  BLOB,
    triggered_by     TEXT,
    error            TEXT,
    output_bytes     INTEGER NOT NULL DEFAULT 0,
    output_cut       INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX executions_by_job ON executions (job_id, id);
CREATE INDEX executions_ready ON executions (eligible_at, id) WHERE state = 1 AND hold IS NULL AND NOT watched;
CREATE INDEX executions_watched ON executions (job_id, state) WHERE state IN (1, 2) AND watched;
CREATE INDEX executions_running ON executions (node_id) WHERE state = 2;

-- Apart from executions, so that what is claimed and listed stays narrow.
CREATE TABLE outputs (
    execution_id  BLOB NOT NULL PRIMARY KEY,
    body          TEXT NOT NULL
) STRICT;

-- Attempts that did not end their execution; the last one is the execution itself.
CREATE TABLE attempts (
    execution_id  BLOB NOT NULL,
    number        INTEGER NOT NULL,
    started_at    INTEGER,
    ended_at      INTEGER NOT NULL,
    outcome       TEXT NOT NULL,
    error         TEXT,
    node_id       BLOB,
    PRIMARY KEY (execution_id, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE nodes (
    id          BLOB NOT NULL PRIMARY KEY,
    name        TEXT NOT NULL,
    version     TEXT NOT NULL,
    workers     INTEGER NOT NULL,
    started_at  INTEGER NOT NULL,
    beat_at     INTEGER NOT NULL,
    -- 1 live, 2 stopped, 3 lost
    state       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Executions cancelled while another node runs them: that node looks here.
CREATE TABLE cancellations (
    node_id       BLOB NOT NULL,
    execution_id  BLOB NOT NULL,
    PRIMARY KEY (node_id, execution_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE users (
    id             BLOB NOT NULL PRIMARY KEY,
    email          TEXT NOT NULL,
    -- In lower case: one address, one user.
    email_key      TEXT NOT NULL UNIQUE,
    name           TEXT NOT NULL,
    password_hash  TEXT NOT NULL,
    role           TEXT NOT NULL,
    is_disabled    INTEGER NOT NULL,
    -- Part of every access token; a change ends them all.
    token_version  INTEGER NOT NULL,
    created_at     INTEGER NOT NULL,
    updated_at     INTEGER NOT NULL,
    last_login_at  INTEGER
) STRICT;

-- Refresh tokens by the SHA-256 of their secret. One family per login; reuse ends the family.
CREATE TABLE refresh_tokens (
    token_hash      TEXT NOT NULL PRIMARY KEY,
    family_id       BLOB NOT NULL,
    user_id         BLOB NOT NULL,
    issued_at       INTEGER NOT NULL,
    expires_at      INTEGER NOT NULL,
    -- However often it is refreshed, a login ends here.
    family_ends_at  INTEGER NOT NULL,
    used_at         INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX refresh_tokens_by_family ON refresh_tokens (family_id);
CREATE INDEX refresh_tokens_by_user ON refresh_tokens (user_id);
CREATE INDEX refresh_tokens_by_expiry ON refresh_tokens (expires_at);

CREATE TABLE api_keys (
    id            BLOB NOT NULL PRIMARY KEY,
    name          TEXT NOT NULL,
    secret_hash   TEXT NOT NULL,
    role          TEXT NOT NULL,
    user_id       BLOB,
    created_at    INTEGER NOT NULL,
    expires_at    INTEGER,
    last_used_at  INTEGER,
    revoked_at    INTEGER
) STRICT;

-- Answers to POSTs with an Idempotency-Key, kept 24 h. status NULL: the first call is under way.
CREATE TABLE idempotent_answers (
    principal     TEXT NOT NULL,
    key           TEXT NOT NULL,
    request_hash  TEXT NOT NULL,
    created_at    INTEGER NOT NULL,
    status        INTEGER,
    headers       TEXT,
    body          TEXT,
    PRIMARY KEY (principal, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotent_answers_by_age ON idempotent_answers (created_at);

-- For people who query by hand: names instead of codes, instants as text.
CREATE VIEW executions_readable AS
SELECT lower(hex(id)) AS id, lower(hex(job_id)) AS job_id,
    CASE state WHEN 1 THEN 'Pending' WHEN 2 THEN 'Running' WHEN 3 THEN 'Succeeded' WHEN 4 THEN 'Failed' ELSE 'Cancelled' END AS state,
    strftime('%Y-%m-%dT%H:%M:%fZ', due_at / 1000000.0, 'unixepoch') AS due_at, strftime('%Y-%m-%dT%H:%M:%fZ', started_at / 1000000.0, 'unixepoch') AS started_at, strftime('%Y-%m-%dT%H:%M:%fZ', ended_at / 1000000.0, 'unixepoch') AS ended_at, attempt, tries, error
FROM executions;
