-- Adds a data source. 0 rows: its name is taken.
-- $1 id, $2 name, $3 name in lower case, $4 kind, $5 host, $6 port, $7 database, $8 user, $9 password, $10 TLS mode,
-- $11 authority's certificate, $12 patterns, $13 statement timeout, $14 pool size, $15 version, $16 now, $17 by whom
INSERT INTO data_sources (id, name, name_key, kind, host, port, database_name, user_name, password, tls,
    tls_ca, allowed_procedures, statement_timeout_seconds, pool_size, version, created_at, updated_at, updated_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $16, $17)
ON CONFLICT (name_key) DO NOTHING
