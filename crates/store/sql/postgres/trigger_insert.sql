-- Differs: columns as arrays. $1..$10 the columns in order.
INSERT INTO triggers (owner_id, spec, standing, paused_until, pause_reason, cursor_at, wake_at, next_run_at, tail, watched)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::bigint[], $5::text[], $6::bigint[], $7::bigint[], $8::bigint[], $9::text[], $10::bool[])
