-- Takes a key for a call, also from one that is too old to be answered with, or that cannot be
-- under way any more. Affects 0 rows when an answer is kept, or the first call is under way.
-- $1 principal, $2 key, $3 request hash, $4 now, $5 answers up to this instant are forgotten,
-- $6 calls begun up to this instant have ended
INSERT INTO idempotent_answers (principal, key, request_hash, created_at)
VALUES ($1, $2, $3, $4)
ON CONFLICT (principal, key) DO UPDATE
SET request_hash = excluded.request_hash, created_at = excluded.created_at, status = NULL,
    headers = NULL, body = NULL
WHERE idempotent_answers.created_at <= $5
    OR (idempotent_answers.status IS NULL AND idempotent_answers.created_at <= $6)
