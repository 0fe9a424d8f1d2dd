-- SQLite has none: its writers come one after another.
-- Keeps everybody else from adding or changing people until the transaction ends; reading goes on.
LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE
