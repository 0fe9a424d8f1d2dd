-- SQLite has none: its writers come one after another.
-- Keeps everybody else from changing who waits for whom until the transaction ends; reading goes on.
LOCK TABLE job_dependencies IN SHARE ROW EXCLUSIVE MODE
