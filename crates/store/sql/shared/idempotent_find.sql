-- What is kept for a key. 0 rows: nothing.
-- $1 principal, $2 key
SELECT request_hash, status, headers, body
FROM idempotent_answers
WHERE principal = $1 AND key = $2
