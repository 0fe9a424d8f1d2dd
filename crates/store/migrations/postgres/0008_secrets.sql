-- What jobs may name instead of holding it. value: sealed for this row and version.
CREATE TABLE secrets (
    id            UUID NOT NULL PRIMARY KEY,
    name          TEXT NOT NULL UNIQUE,
    description   TEXT,
    value         TEXT NOT NULL,
    -- Grows with every value.
    version       BIGINT NOT NULL,
    created_at    BIGINT NOT NULL,
    updated_at    BIGINT NOT NULL,
    updated_by    TEXT NOT NULL,
    last_used_at  BIGINT
);

-- Other people's databases, whose procedures jobs call.
CREATE TABLE data_sources (
    id                         UUID NOT NULL PRIMARY KEY,
    name                       TEXT NOT NULL,
    -- In lower case: one name, one data source.
    name_key                   TEXT NOT NULL UNIQUE,
    kind                       TEXT NOT NULL,
    host                       TEXT NOT NULL,
    port                       BIGINT NOT NULL,
    database_name              TEXT NOT NULL,
    user_name                  TEXT NOT NULL,
    -- Sealed for this row, or secret://name.
    password                   TEXT,
    tls                        TEXT NOT NULL,
    tls_ca                     TEXT,
    allowed_procedures         TEXT NOT NULL,
    statement_timeout_seconds  BIGINT NOT NULL,
    pool_size                  BIGINT NOT NULL,
    version                    BIGINT NOT NULL,
    created_at                 BIGINT NOT NULL,
    updated_at                 BIGINT NOT NULL,
    updated_by                 TEXT NOT NULL
);
