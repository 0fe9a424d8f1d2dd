-- Removes a secret with its value. $1 name; 0 rows: there is none
DELETE FROM secrets WHERE name = $1
