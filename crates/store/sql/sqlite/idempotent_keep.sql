-- Differs: one row at a time. Keeps an answer in the transaction that makes it true.
-- $1 principal, $2 key, $3 request hash, $4 now, $5 answers up to this instant are forgotten, $6 status, $7 headers (JSON), $8 body.
-- No row back: an answer is kept under that key, or a call is under way, and this transaction must not stand.
INSERT INTO idempotent_answers (principal, key, request_hash, created_at, status, headers, body)
VALUES ($1, $2, $3, $4, $6, $7, $8)
ON CONFLICT (principal, key) DO UPDATE
SET request_hash = excluded.request_hash, created_at = excluded.created_at, status = excluded.status,
    headers = excluded.headers, body = excluded.body
WHERE idempotent_answers.created_at <= $5
RETURNING key
