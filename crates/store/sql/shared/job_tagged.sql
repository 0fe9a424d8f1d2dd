-- Jobs with a tag. $1 tag, $2 limit.
SELECT job_id FROM job_tags WHERE tag = $1 ORDER BY job_id LIMIT $2
