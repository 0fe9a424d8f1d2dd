-- WebAssembly modules that jobs run.

-- The last version that each name had: a number is never given to other code.
CREATE TABLE modules (
    name          TEXT NOT NULL PRIMARY KEY,
    last_version  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Versions that are there. Their code lies apart: lists do not read it.
CREATE TABLE module_versions (
    id           BLOB NOT NULL PRIMARY KEY,
    name         TEXT NOT NULL,
    version      INTEGER NOT NULL,
    sha256       TEXT NOT NULL,
    size_bytes   INTEGER NOT NULL,
    description  TEXT,
    created_by   TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    UNIQUE (name, version)
) STRICT;

CREATE TABLE module_code (
    module_id  BLOB NOT NULL PRIMARY KEY,
    code       BLOB NOT NULL
) STRICT;
