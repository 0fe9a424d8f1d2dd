-- Lets a browser's login stand longer. Affects 0 rows when it has ended, or stands that long already.
-- $1 expires, $2 hash of the cookie's secret
UPDATE refresh_tokens
SET expires_at = $1
WHERE token_hash = $2 AND expires_at < $1
