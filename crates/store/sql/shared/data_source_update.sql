-- Replaces what a data source is. 0 rows: it has another version, or is gone.
-- $1 id, $2 version it was read at, $3 name, $4 name in lower case, $5 kind, $6 host, $7 port, $8 database, $9 user,
-- $10 password, $11 TLS mode, $12 authority's certificate, $13 patterns, $14 statement timeout, $15 pool size, $16 now, $17 by whom
UPDATE data_sources SET version = version + 1, name = $3, name_key = $4, kind = $5, host = $6, port = $7,
    database_name = $8, user_name = $9, password = $10, tls = $11, tls_ca = $12, allowed_procedures = $13,
    statement_timeout_seconds = $14, pool_size = $15, updated_at = $16, updated_by = $17
WHERE id = $1 AND version = $2
