-- $1 now, $2 the event. Its position is given by the database.
INSERT INTO events (at, body) VALUES ($1, $2)
