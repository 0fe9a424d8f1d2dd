-- Differs: columns as arrays. $1..$15 the columns in order.
INSERT INTO jobs (id, name, description, job_type, configuration, retry, timeout_seconds, tags, created_by, last_modified_by, created_at, updated_at, version, search_text, name_key)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::bigint[], $8::text[],
    $9::text[], $10::text[], $11::bigint[], $12::bigint[], $13::bigint[], $14::text[], $15::text[])
