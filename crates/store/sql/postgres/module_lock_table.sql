-- SQLite has none: its writers come one after another.
-- Keeps everybody else from adding or deleting modules until the transaction ends; reading goes on.
LOCK TABLE module_versions IN SHARE ROW EXCLUSIVE MODE
