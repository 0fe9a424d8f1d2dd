-- Seals a value anew. $1 id, $2 the value as it was read, $3 as it now is; 0 rows: it was changed meanwhile
UPDATE secrets SET value = $3 WHERE id = $1 AND value = $2
