-- Decisions that touch [$2, $3], oldest first. $1 owner, $4 limit.
-- Ranges that begin before $2 are found by the newest row at or before it.
SELECT due_at, last_due_at, n_instants, decision, execution_id
FROM decisions
WHERE owner_id = $1 AND due_at <= $3 AND last_due_at >= $2
    AND due_at >= COALESCE((SELECT max(due_at) FROM decisions WHERE owner_id = $1 AND due_at <= $2), $2)
ORDER BY due_at
LIMIT $4
