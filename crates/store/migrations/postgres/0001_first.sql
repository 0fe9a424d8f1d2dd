-- The first schema. Instants are UTC microseconds; states are the codes of core's enums.

CREATE TABLE settings (
    key    TEXT NOT NULL PRIMARY KEY,
    value  TEXT NOT NULL
);

-- What to run. When it is due stands in triggers, how it went in job_history.
CREATE TABLE jobs (
    id                UUID NOT NULL PRIMARY KEY,
    name              TEXT NOT NULL,
    description       TEXT,
    job_type          SMALLINT NOT NULL,
    configuration     TEXT NOT NULL,
    retry             TEXT NOT NULL,
    timeout_seconds   BIGINT NOT NULL,
    tags              TEXT NOT NULL,
    created_by        TEXT,
    last_modified_by  TEXT,
    created_at        BIGINT NOT NULL,
    updated_at        BIGINT NOT NULL,
    deleted_at        BIGINT,
    version           BIGINT NOT NULL,
    -- Name and description in lower case, for search; the name alone for sorting.
    search_text       TEXT NOT NULL,
    name_key          TEXT COLLATE "C" NOT NULL
);
CREATE INDEX jobs_by_creation ON jobs (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX jobs_by_update ON jobs (updated_at, id) WHERE deleted_at IS NULL;
CREATE INDEX jobs_by_name ON jobs (name_key, id) WHERE deleted_at IS NULL;

CREATE TABLE job_tags (
    tag     TEXT NOT NULL,
    job_id  UUID NOT NULL,
    PRIMARY KEY (tag, job_id)
);
CREATE INDEX job_tags_by_job ON job_tags (job_id);

-- Changes with every execution, so it does not stand in jobs.
CREATE TABLE job_history (
    job_id                UUID NOT NULL PRIMARY KEY,
    last_executed_at      BIGINT,
    last_state            SMALLINT,
    consecutive_failures  BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX job_history_failing ON job_history (consecutive_failures) WHERE consecutive_failures > 0;

CREATE TABLE job_dependencies (
    job_id             UUID NOT NULL,
    depends_on_job_id  UUID NOT NULL,
    condition          TEXT NOT NULL,
    PRIMARY KEY (job_id, depends_on_job_id)
);
CREATE INDEX job_dependencies_reverse ON job_dependencies (depends_on_job_id);

-- When an owner is due. cursor: every due instant up to and including it has its decision.
CREATE TABLE triggers (
    owner_id      UUID NOT NULL PRIMARY KEY,
    spec          TEXT NOT NULL,
    standing      SMALLINT NOT NULL CHECK (standing IN (1, 2, 3, 4)),
    paused_until  BIGINT,
    pause_reason  TEXT,
    cursor_at     BIGINT NOT NULL,
    wake_at       BIGINT,
    next_run_at   BIGINT,
    tail          TEXT,
    -- The overlap policy or a concurrency limit asks for the owner's live executions.
    watched       BOOLEAN NOT NULL
);
CREATE INDEX triggers_wake ON triggers (wake_at) WHERE wake_at IS NOT NULL;
CREATE INDEX triggers_next_run ON triggers (next_run_at, owner_id);
CREATE INDEX triggers_standing ON triggers (standing);

-- What was done about each due instant; equal skips of consecutive instants are one row.
CREATE TABLE decisions (
    owner_id       UUID NOT NULL,
    due_at         BIGINT NOT NULL,
    last_due_at    BIGINT NOT NULL,
    n_instants     BIGINT NOT NULL,
    decision       TEXT NOT NULL,
    execution_id   UUID,
    PRIMARY KEY (owner_id, due_at)
);

CREATE TABLE executions (
    id               UUID NOT NULL PRIMARY KEY,
    job_id           UUID NOT NULL,
    state            SMALLINT NOT NULL CHECK (state IN (1, 2, 3, 4, 5)),
    origin           SMALLINT NOT NULL,
    due_at           BIGINT,
    eligible_at      BIGINT NOT NULL,
    created_at       BIGINT NOT NULL,
    started_at       BIGINT,
    ended_at         BIGINT,
    -- Grows with every claim: the fencing token.
    attempt          BIGINT NOT NULL DEFAULT 0,
    -- Failed tries, and attempts lost with their node.
    tries            BIGINT NOT NULL DEFAULT 0,
    losses           BIGINT NOT NULL DEFAULT 0,
    node_id          UUID,
    -- Why a pending execution is not to be claimed, if it is not.
    hold             TEXT,
    -- Its job has an overlap policy or a concurrency limit: claimed with care.
    watched          BOOLEAN NOT NULL,
    retry_parent_id  UUID,
    triggered_by     TEXT,
    error            TEXT,
    output_bytes     BIGINT NOT NULL DEFAULT 0,
    output_cut       BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE INDEX executions_by_job ON executions (job_id, id);
CREATE INDEX executions_ready ON executions (eligible_at, id) WHERE state = 1 AND hold IS NULL AND NOT watched;
CREATE INDEX executions_watched ON executions (job_id, state) WHERE state IN (1, 2) AND watched;
CREATE INDEX executions_running ON executions (node_id) WHERE state = 2;

-- Apart from executions, so that what is claimed and listed stays narrow.
CREATE TABLE outputs (
    execution_id  UUID NOT NULL PRIMARY KEY,
    body          TEXT NOT NULL
);

-- Attempts that did not end their execution; the last one is the execution itself.
CREATE TABLE attempts (
    execution_id  UUID NOT NULL,
    number        BIGINT NOT NULL,
    started_at    BIGINT,
    ended_at      BIGINT NOT NULL,
    outcome       TEXT NOT NULL,
    error         TEXT,
    node_id       UUID,
    PRIMARY KEY (execution_id, number)
);

CREATE TABLE nodes (
    id          UUID NOT NULL PRIMARY KEY,
    name        TEXT NOT NULL,
    version     TEXT NOT NULL,
    workers     BIGINT NOT NULL,
    started_at  BIGINT NOT NULL,
    beat_at     BIGINT NOT NULL,
    -- 1 live, 2 stopped, 3 lost
    state       SMALLINT NOT NULL
);

-- Executions cancelled while another node runs them: that node looks here.
CREATE TABLE cancellations (
    node_id       UUID NOT NULL,
    execution_id  UUID NOT NULL,
    PRIMARY KEY (node_id, execution_id)
);

CREATE TABLE users (
    id             UUID NOT NULL PRIMARY KEY,
    email          TEXT NOT NULL,
    -- In lower case: one address, one user.
    email_key      TEXT NOT NULL UNIQUE,
    name           TEXT NOT NULL,
    password_hash  TEXT NOT NULL,
    role           TEXT NOT NULL,
    is_disabled    BOOLEAN NOT NULL,
    -- Part of every access token; a change ends them all.
    token_version  BIGINT NOT NULL,
    created_at     BIGINT NOT NULL,
    updated_at     BIGINT NOT NULL,
    last_login_at  BIGINT
);

-- Refresh tokens by the SHA-256 of their secret. One family per login; reuse ends the family.
CREATE TABLE refresh_tokens (
    token_hash      TEXT NOT NULL PRIMARY KEY,
    family_id       UUID NOT NULL,
    user_id         UUID NOT NULL,
    issued_at       BIGINT NOT NULL,
    expires_at      BIGINT NOT NULL,
    -- However often it is refreshed, a login ends here.
    family_ends_at  BIGINT NOT NULL,
    used_at         BIGINT
);
CREATE INDEX refresh_tokens_by_family ON refresh_tokens (family_id);
CREATE INDEX refresh_tokens_by_user ON refresh_tokens (user_id);
CREATE INDEX refresh_tokens_by_expiry ON refresh_tokens (expires_at);

CREATE TABLE api_keys (
    id            UUID NOT NULL PRIMARY KEY,
    name          TEXT NOT NULL,
    secret_hash   TEXT NOT NULL,
    role          TEXT NOT NULL,
    user_id       UUID,
    created_at    BIGINT NOT NULL,
    expires_at    BIGINT,
    last_used_at  BIGINT,
    revoked_at    BIGINT
);

-- Answers to POSTs with an Idempotency-Key, kept 24 h. status NULL: the first call is under way.
CREATE TABLE idempotent_answers (
    principal     TEXT NOT NULL,
    key           TEXT NOT NULL,
    request_hash  TEXT NOT NULL,
    created_at    BIGINT NOT NULL,
    status        SMALLINT,
    headers       TEXT,
    body          TEXT,
    PRIMARY KEY (principal, key)
);
CREATE INDEX idempotent_answers_by_age ON idempotent_answers (created_at);

-- For people who query by hand: names instead of codes, instants as text.
CREATE VIEW executions_readable AS
SELECT id AS id, job_id AS job_id,
    CASE state WHEN 1 THEN 'Pending' WHEN 2 THEN 'Running' WHEN 3 THEN 'Succeeded' WHEN 4 THEN 'Failed' ELSE 'Cancelled' END AS state,
    to_timestamp(due_at / 1000000.0) AS due_at, to_timestamp(started_at / 1000000.0) AS started_at, to_timestamp(ended_at / 1000000.0) AS ended_at, attempt, tries, error
FROM executions;
