//! `horarium healthcheck`: for containers, which have no curl.

use std::io::{self, Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::process::ExitCode;
use std::time::Duration;

use crate::args::ConfigFlags;
use crate::config::Config;
use crate::failure::Failure;

/// For each of connecting, sending and the answer's first bytes.
const STEP_MAX: Duration = Duration::from_secs(5);

/// The status line is all that is read.
const ANSWER_BYTES_MAX: u64 = 64;

pub(crate) fn run(flags: &ConfigFlags) -> Result<ExitCode, Failure> {
    let address = reachable(Config::load(flags)?.settings.listen);
    let answer = ask(address)
        .map_err(|cause| Failure::new(format!("asking http://{address}/readyz: {cause}")))?;
    match status_of(&answer) {
        Some(200) => Ok(ExitCode::SUCCESS),
        Some(status) => Err(Failure::new(format!("http://{address}/readyz answered {status}"))),
        None => Err(Failure::new(format!("http://{address}/readyz did not answer in HTTP"))),
    }
}

/// A server that listens on every address is asked on loopback.
fn reachable(mut listen: SocketAddr) -> SocketAddr {
    if listen.ip().is_unspecified() {
        listen.set_ip(match listen.ip() {
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    listen
}

fn ask(address: SocketAddr) -> io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect_timeout(&address, STEP_MAX)?;
    stream.set_read_timeout(Some(STEP_MAX))?;
    stream.set_write_timeout(Some(STEP_MAX))?;
    write!(stream, "GET /readyz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.take(ANSWER_BYTES_MAX).read_to_end(&mut answer)?;
    Ok(answer)
}

/// 503 of `HTTP/1.1 503 Service Unavailable`.
fn status_of(answer: &[u8]) -> Option<u16> {
    let text = String::from_utf8_lossy(answer);
    let rest = text.strip_prefix("HTTP/1.")?;
    rest.split(' ').nth(1)?.trim_end().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_is_read_from_the_first_line() {
        let check = |answer: &str, status| assert_eq!(status_of(answer.as_bytes()), status);
        check("HTTP/1.1 200 OK\r\n", Some(200));
        check("HTTP/1.0 503\r", Some(503));
        check("SSH-2.0-OpenSSH", None);
        check("", None);
    }

    #[test]
    fn every_address_means_loopback() {
        let check = |listen: &str, asked: &str| {
            assert_eq!(reachable(listen.parse().unwrap()).to_string(), asked);
        };
        check("0.0.0.0:80", "127.0.0.1:80");
        check("[::]:80", "[::1]:80");
        check("10.0.0.7:80", "10.0.0.7:80");
    }
}
