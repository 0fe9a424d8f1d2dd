-- $1 owner.
DELETE FROM decisions WHERE owner_id = $1
