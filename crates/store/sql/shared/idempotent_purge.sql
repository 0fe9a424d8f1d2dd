-- Forgets old answers, and calls that never ended.
-- $1 the newest instant to forget, $2 most rows
DELETE FROM idempotent_answers
WHERE (principal, key) IN (
    SELECT principal, key FROM idempotent_answers WHERE created_at <= $1 ORDER BY created_at LIMIT $2
)
