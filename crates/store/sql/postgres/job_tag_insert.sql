-- Differs: columns as arrays. $1 tags, $2 job ids.
INSERT INTO job_tags (tag, job_id) SELECT * FROM unnest($1::text[], $2::uuid[])
