-- Removes a data source. $1 id; 0 rows: there is none
DELETE FROM data_sources WHERE id = $1
