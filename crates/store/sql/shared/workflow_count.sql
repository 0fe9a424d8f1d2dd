-- Workflows that are not deleted.
SELECT count(*) FROM workflows WHERE deleted_at IS NULL
