-- SQLite has none: its writers come one after another.
-- Keeps everybody else from adding or changing keys until the transaction ends; reading goes on.
LOCK TABLE api_keys IN SHARE ROW EXCLUSIVE MODE
