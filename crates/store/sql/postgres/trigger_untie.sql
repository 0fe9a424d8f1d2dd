-- Differs: ids as an array; locked in their order, or two writers could wait for each other. $1 jobs: whether anything is still tied to them.
WITH t AS MATERIALIZED (SELECT owner_id FROM triggers WHERE owner_id IN (SELECT unnest($1::uuid[])) ORDER BY owner_id FOR UPDATE)
UPDATE triggers
SET tied = EXISTS (SELECT 1 FROM job_dependencies d WHERE d.job_id = triggers.owner_id)
    OR EXISTS (SELECT 1 FROM workflow_roots w WHERE w.job_id = triggers.owner_id)
FROM t WHERE triggers.owner_id = t.owner_id
