-- $1 module
DELETE FROM module_code WHERE module_id = $1
