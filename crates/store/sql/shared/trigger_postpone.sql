-- A trigger whose spec no longer parses is looked at again later. $1 owner, $2 wake at.
UPDATE triggers SET wake_at = $2 WHERE owner_id = $1
