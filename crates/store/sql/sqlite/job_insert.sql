-- Differs: one row at a time. $1..$15 the columns in order.
INSERT INTO jobs (id, name, description, job_type, configuration, retry, timeout_seconds, tags, created_by, last_modified_by, created_at, updated_at, version, search_text, name_key)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
