-- Keys that are not revoked, with what their owners may do now, in the order of their creation (ids
-- are UUIDv7).
-- $1 their owner, or NULL for everybody's; $2 the id to go on after, or NULL; $3 most rows
SELECT k.id, k.name, k.secret_hash, k.role, k.user_id, k.created_at, k.expires_at, k.last_used_at,
    k.revoked_at, u.email, u.role, u.is_disabled
FROM api_keys k LEFT JOIN users u ON u.id = k.user_id
WHERE k.revoked_at IS NULL AND ($1 IS NULL OR k.user_id = $1) AND ($2 IS NULL OR k.id > $2)
ORDER BY k.id
LIMIT $3
