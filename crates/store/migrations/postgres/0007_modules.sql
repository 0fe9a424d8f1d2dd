-- WebAssembly modules that jobs run.

-- The last version that each name had: a number is never given to other code.
CREATE TABLE modules (
    name          TEXT NOT NULL PRIMARY KEY,
    last_version  BIGINT NOT NULL
);

-- Versions that are there. Their code lies apart: lists do not read it.
CREATE TABLE module_versions (
    id           UUID NOT NULL PRIMARY KEY,
    name         TEXT NOT NULL,
    version      BIGINT NOT NULL,
    sha256       TEXT NOT NULL,
    size_bytes   BIGINT NOT NULL,
    description  TEXT,
    created_by   TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    UNIQUE (name, version)
);

CREATE TABLE module_code (
    module_id  UUID NOT NULL PRIMARY KEY,
    code       BYTEA NOT NULL
);
