-- Differs: ids as an array, and row locks; nodes skip what another advances. $1 runs. A row missing: it has ended, or another has it.
SELECT id, kind, state, version FROM runs
WHERE id IN (SELECT unnest($1::uuid[])) AND state IN (1, 2)
ORDER BY id
FOR UPDATE SKIP LOCKED
