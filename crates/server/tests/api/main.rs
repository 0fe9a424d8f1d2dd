//! The API as its callers meet it: over HTTP, on loopback, against a whole server.

mod support;

mod creating;
