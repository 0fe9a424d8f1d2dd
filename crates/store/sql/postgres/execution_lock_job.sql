-- Differs: a row lock, so that two nodes do not both count before either claims. $1 job.
-- 0 rows: another node has it, or is firing it; look again soon.
SELECT spec FROM triggers WHERE owner_id = $1 FOR UPDATE SKIP LOCKED
