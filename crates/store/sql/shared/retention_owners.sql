-- Owners of decisions after owner $1. $2 limit.
SELECT owner_id FROM triggers WHERE owner_id > $1 ORDER BY owner_id LIMIT $2
