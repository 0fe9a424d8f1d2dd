//! What an HTTP server answered, parsed from the bytes of one closed connection.

use std::io;

use serde::de::DeserializeOwned;
use serde_json::Value;

/// Interim answers (RFC 9110 §15.2) that are skipped before the real one.
const INTERIM_MAX: usize = 4;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    /// Names in lower case, in the order sent.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    /// The first header called `name`, however it was written.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> Value {
        self.parsed()
    }

    /// The JSON body as `T`.
    pub fn parsed<T: DeserializeOwned>(&self) -> T {
        serde_json::from_slice(&self.body).unwrap_or_else(|cause| {
            panic!("no such JSON: {cause}: {} {}", self.status, self.text())
        })
    }

    /// Itself, when the status is `status`; a panic that shows the body otherwise.
    #[track_caller]
    pub fn expect_status(&self, status: u16) -> &Self {
        assert_eq!(self.status, status, "the body was: {}", self.text());
        self
    }

    /// `bytes` is all the server sent before it closed.
    pub(crate) fn parse(bytes: &[u8], answers_head: bool) -> io::Result<Self> {
        let mut rest = bytes;
        for _ in 0..=INTERIM_MAX {
            let (mut answer, after) = split_head(rest)?;
            if (100..200).contains(&answer.status) {
                rest = after;
                continue;
            }
            let has_body = !answers_head && !matches!(answer.status, 204 | 304);
            if has_body {
                answer.body = answer.body_of(after)?;
            }
            return Ok(answer);
        }
        Err(invalid("nothing but interim answers"))
    }

    /// By RFC 9112 §6.3: chunks, else a length, else up to the close.
    fn body_of(&self, bytes: &[u8]) -> io::Result<Vec<u8>> {
        if self.header("transfer-encoding").is_some() {
            return join_chunks(bytes);
        }
        let Some(length) = self.header("content-length") else { return Ok(bytes.to_vec()) };
        let length: usize = length.parse().map_err(|_| invalid("content-length is no number"))?;
        bytes.get(..length).map(<[u8]>::to_vec).ok_or_else(broken_off)
    }
}

fn split_head(bytes: &[u8]) -> io::Result<(Answer, &[u8])> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").ok_or_else(broken_off)?;
    let head = std::str::from_utf8(&bytes[..end]).map_err(|_| invalid("a head not in UTF-8"))?;
    let mut lines = head.split("\r\n");
    let status = lines
        .next()
        .filter(|line| line.starts_with("HTTP/1."))
        .and_then(|line| line.split(' ').nth(1)?.parse().ok())
        .ok_or_else(|| invalid("no HTTP/1.x status line"))?;
    let headers = lines
        .map(|line| {
            let (name, value) =
                line.split_once(':').ok_or_else(|| invalid("no colon in a header"))?;
            Ok((name.to_ascii_lowercase(), value.trim().to_owned()))
        })
        .collect::<io::Result<_>>()?;
    Ok((Answer { status, headers, body: Vec::new() }, &bytes[end + 4..]))
}

fn join_chunks(mut bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    // Bounded by the bytes: every turn takes a size line away.
    loop {
        let end = bytes.windows(2).position(|two| two == b"\r\n").ok_or_else(broken_off)?;
        let line = std::str::from_utf8(&bytes[..end]).unwrap_or_default();
        let size = line.split(';').next().unwrap_or_default().trim();
        let size = usize::from_str_radix(size, 16).map_err(|_| invalid("no chunk size"))?;
        bytes = &bytes[end + 2..];
        if size == 0 {
            return Ok(body);
        }
        let chunk = bytes.get(..size).ok_or_else(broken_off)?;
        body.extend_from_slice(chunk);
        bytes = bytes.get(size + 2..).ok_or_else(broken_off)?;
    }
}

fn invalid(text: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, text)
}

fn broken_off() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "the answer breaks off")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &str, expected: Result<(u16, &str), io::ErrorKind>) {
        let answer = Answer::parse(bytes.as_bytes(), false);
        let found =
            answer.map(|answer| (answer.status, answer.text())).map_err(|cause| cause.kind());
        assert_eq!(found, expected.map(|(status, body)| (status, body.to_owned())), "{bytes:?}");
    }

    #[test]
    fn a_body_ends_where_it_says() {
        use io::ErrorKind::{InvalidData, UnexpectedEof};
        check("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok", Ok((200, "ok")));
        check("HTTP/1.0 200 OK\r\n\r\nuntil the end", Ok((200, "until the end")));
        check("HTTP/1.1 204 No Content\r\n\r\n", Ok((204, "")));
        check("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\n\r\n", Ok((201, "")));
        let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        check(
            &format!("{chunked}3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n"),
            Ok((200, "abc0123456789")),
        );
        check(&format!("{chunked}3\r\nabc\r\n"), Err(UnexpectedEof));
        check(&format!("{chunked}ffffffffffffffff\r\nabc\r\n"), Err(UnexpectedEof));
        check(&format!("{chunked}x\r\n"), Err(InvalidData));
        check("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nok", Err(UnexpectedEof));
        check("HTTP/1.1 200 OK\r\nconte", Err(UnexpectedEof));
        check("", Err(UnexpectedEof));
        check("SSH-2.0-OpenSSH\r\n\r\n", Err(InvalidData));
    }

    #[test]
    fn headers_are_found_however_they_are_written() {
        let answer = Answer::parse(b"HTTP/1.1 200 OK\r\nETag: \"7\"\r\n\r\n", true).unwrap();
        assert_eq!(answer.header("etag"), Some("\"7\""));
        assert_eq!(answer.header("Etag"), Some("\"7\""));
        assert_eq!(answer.header("age"), None);
    }
}
