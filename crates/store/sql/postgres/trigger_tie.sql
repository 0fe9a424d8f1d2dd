-- Differs: ids as an array; locked in their order, or two writers could wait for each other. $1 jobs: firing them has to look at what is tied to them.
WITH t AS MATERIALIZED (SELECT owner_id FROM triggers WHERE owner_id IN (SELECT unnest($1::uuid[])) ORDER BY owner_id FOR UPDATE)
UPDATE triggers SET tied = TRUE FROM t WHERE triggers.owner_id = t.owner_id
