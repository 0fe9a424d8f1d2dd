-- What others must learn of a transaction: a row of it. Kept for minutes. Positions are (tx, seq): a sequence
-- alone is given out before the commit, so that a reader could pass over a row that comes later. Readers stop
-- before the oldest transaction that has not ended; what they have passed is then complete. The oldest row is
-- never deleted before a newer one is: whoever stands before it has missed something.
CREATE TABLE events (
    tx    BIGINT NOT NULL DEFAULT (pg_current_xact_id()::text::bigint),
    seq   BIGINT NOT NULL GENERATED ALWAYS AS IDENTITY,
    at    BIGINT NOT NULL,
    body  TEXT,
    PRIMARY KEY (tx, seq)
);
-- The first position. Nobody is told of it.
INSERT INTO events (at, body) VALUES (0, NULL);
