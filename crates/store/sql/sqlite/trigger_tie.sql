-- Differs: one row at a time. $1 job: firing it has to look at what is tied to it.
UPDATE triggers SET tied = TRUE WHERE owner_id = $1
