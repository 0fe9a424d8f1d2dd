-- How many versions of all modules there are.
SELECT count(*) FROM module_versions
