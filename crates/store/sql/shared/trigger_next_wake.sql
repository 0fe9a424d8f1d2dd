-- The earliest instant at which some trigger wants a look. NULL: none ever.
SELECT min(wake_at) FROM triggers WHERE wake_at IS NOT NULL
