-- Differs: one row at a time. $1 tag, $2 job id.
INSERT INTO job_tags (tag, job_id) VALUES ($1, $2)
