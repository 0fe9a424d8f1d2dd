-- A data source. $1 name in lower case
SELECT id, name, kind, host, port, database_name, user_name, password, tls, tls_ca, allowed_procedures,
    statement_timeout_seconds, pool_size, version, created_at, updated_at, updated_by
FROM data_sources WHERE name_key = $1
