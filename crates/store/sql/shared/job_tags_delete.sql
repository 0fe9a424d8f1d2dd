-- $1 job id. 0 rows: it had no tags.
DELETE FROM job_tags WHERE job_id = $1
