-- Differs: columns as arrays. Jobs of these very names. $1 names in lower case, $2 names.
SELECT j.id, j.name FROM unnest($1::text[], $2::text[]) AS x(name_key, name)
JOIN jobs j ON j.name_key = x.name_key AND j.name = x.name AND j.deleted_at IS NULL
