-- Differs: columns as arrays. $1 job ids: a row of its own from the start, so that later changes are plain updates.
INSERT INTO job_history (job_id) SELECT * FROM unnest($1::uuid[])
