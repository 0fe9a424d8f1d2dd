-- Seals a configuration's headers anew, which makes no new version. $1 job id, $2 the configuration as it was read,
-- $3 as it now is; 0 rows: it was changed meanwhile
UPDATE jobs SET configuration = $3 WHERE id = $1 AND configuration = $2
