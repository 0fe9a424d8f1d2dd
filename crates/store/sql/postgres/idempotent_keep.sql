-- Differs: columns as arrays. Keeps answers in the transaction that makes them true.
-- $1 principals, $2 keys, $3 request hashes, $4 now, $5 answers up to these instants are forgotten, $6 statuses, $7 headers (JSON), $8 bodies.
-- A row missing in the answer: an answer is kept under that key, or a call is under way, and this transaction must not stand.
INSERT INTO idempotent_answers AS kept (principal, key, request_hash, created_at, status, headers, body)
SELECT x.principal, x.key, x.request_hash, x.now, x.status, x.headers, x.body
FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::text[], $8::text[])
    AS x(principal, key, request_hash, now, forgotten, status, headers, body)
ON CONFLICT (principal, key) DO UPDATE
SET request_hash = excluded.request_hash, created_at = excluded.created_at, status = excluded.status,
    headers = excluded.headers, body = excluded.body
-- What is forgotten is the same age for all: one day before the call.
WHERE kept.created_at <= excluded.created_at - 86400000000
RETURNING kept.key
