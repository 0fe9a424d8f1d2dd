-- $1 module, $2 code
INSERT INTO module_code (module_id, code) VALUES ($1, $2)
