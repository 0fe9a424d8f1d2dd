-- $1 id, $2 name, $3 version, $4 workers, $5 now.
INSERT INTO nodes (id, name, version, workers, started_at, beat_at, state) VALUES ($1, $2, $3, $4, $5, $5, 1)
