-- What jobs may name instead of holding it. value: sealed for this row and version.
CREATE TABLE secrets (
    id            BLOB NOT NULL PRIMARY KEY,
    name          TEXT NOT NULL UNIQUE,
    description   TEXT,
    value         TEXT NOT NULL,
    -- Grows with every value.
    version       INTEGER NOT NULL,
    created_at    INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL,
    updated_by    TEXT NOT NULL,
    last_used_at  INTEGER
) STRICT;

-- Other people's databases, whose procedures jobs call.
CREATE TABLE data_sources (
    id                         BLOB NOT NULL PRIMARY KEY,
    name                       TEXT NOT NULL,
    -- In lower case: one name, one data source.
    name_key                   TEXT NOT NULL UNIQUE,
    kind                       TEXT NOT NULL,
    host                       TEXT NOT NULL,
    port                       INTEGER NOT NULL,
    database_name              TEXT NOT NULL,
    user_name                  TEXT NOT NULL,
    -- Sealed for this row, or secret://name.
    password                   TEXT,
    tls                        TEXT NOT NULL,
    tls_ca                     TEXT,
    allowed_procedures         TEXT NOT NULL,
    statement_timeout_seconds  INTEGER NOT NULL,
    pool_size                  INTEGER NOT NULL,
    version                    INTEGER NOT NULL,
    created_at                 INTEGER NOT NULL,
    updated_at                 INTEGER NOT NULL,
    updated_by                 TEXT NOT NULL
) STRICT;
