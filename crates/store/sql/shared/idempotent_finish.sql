-- Keeps the answer of the call that began at $6. Affects 0 rows when that call has its answer, was
-- abandoned, or is so old that another took its key.
-- $1 status, $2 headers (JSON), $3 body, $4 principal, $5 key, $6 begin of the call
UPDATE idempotent_answers
SET status = $1, headers = $2, body = $3
WHERE principal = $4 AND key = $5 AND created_at = $6 AND status IS NULL
