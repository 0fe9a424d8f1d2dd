-- One key, with what its owner may do now. 0 rows: no such key.
-- $1 id
SELECT k.id, k.name, k.secret_hash, k.role, k.user_id, k.created_at, k.expires_at, k.last_used_at,
    k.revoked_at, u.email, u.role, u.is_disabled
FROM api_keys k LEFT JOIN users u ON u.id = k.user_id
WHERE k.id = $1
