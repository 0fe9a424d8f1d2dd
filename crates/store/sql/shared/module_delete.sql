-- $1 module. 0 rows: there is none, or it was deleted.
DELETE FROM module_versions WHERE id = $1
