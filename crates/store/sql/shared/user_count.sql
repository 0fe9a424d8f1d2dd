-- How many people there are, disabled ones too. Always 1 row.
SELECT count(*) FROM users
