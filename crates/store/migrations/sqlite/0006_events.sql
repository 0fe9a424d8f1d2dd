-- What others must learn of a transaction: a row of it. Kept for minutes. The oldest row is never deleted
-- before a newer one is: numbering goes on, and whoever stands before it has missed something.
CREATE TABLE events (
    seq   INTEGER NOT NULL PRIMARY KEY,
    at    INTEGER NOT NULL,
    body  TEXT
) STRICT;
-- The first position. Nobody is told of it.
INSERT INTO events (at, body) VALUES (0, NULL);
