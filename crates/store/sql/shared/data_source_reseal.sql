-- Seals a password anew. $1 id, $2 the password as it was read, $3 as it now is; 0 rows: it was changed meanwhile
UPDATE data_sources SET password = $3 WHERE id = $1 AND password = $2
