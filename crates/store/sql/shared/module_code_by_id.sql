-- $1 module. 0 rows: there is none, or it was deleted.
SELECT code FROM module_code WHERE module_id = $1
