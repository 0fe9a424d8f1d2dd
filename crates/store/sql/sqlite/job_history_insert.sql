-- Differs: one row at a time. $1 job id: a row of its own from the start, so that later changes are plain updates.
INSERT INTO job_history (job_id) VALUES ($1)
