-- Differs: no row lock, there is one writer. $1 job. The spec holds its concurrency limit.
SELECT spec FROM triggers WHERE owner_id = $1
