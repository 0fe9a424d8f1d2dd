-- $1 owner.
DELETE FROM triggers WHERE owner_id = $1
