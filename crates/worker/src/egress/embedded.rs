//! IPv6 addresses that lead to an IPv4 address, and to which.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Every address a packet to `ip` may end at; each has to pass for `ip` to pass.
///
/// | form                      | source   | looks like                         | read as        |
/// |---------------------------|----------|------------------------------------|----------------|
/// | IPv4-mapped               | RFC 4291 | `::ffff:a.b.c.d`                   | a.b.c.d        |
/// | IPv4-compatible           | RFC 4291 | `::a.b.c.d`                        | a.b.c.d        |
/// | IPv4-translated           | RFC 7915 | `::ffff:0:a.b.c.d`                 | a.b.c.d        |
/// | NAT64                     | RFC 6052 | `64:ff9b::a.b.c.d`                 | a.b.c.d        |
/// | NAT64, local prefix       | RFC 8215 | `64:ff9b:1:..`                     | every position |
/// | 6to4                      | RFC 3056 | `2002:aabb:ccdd:..`                | a.b.c.d        |
/// | Teredo                    | RFC 4380 | `2001:0:<server>:..:<~client>`     | both           |
/// | ISATAP                    | RFC 5214 | `<prefix>:[02]00:5efe:a.b.c.d`     | both itself and a.b.c.d |
/// | anything else             |          |                                    | itself         |
pub(super) fn readings(ip: IpAddr) -> Vec<IpAddr> {
    match ip {
        IpAddr::V4(_) => vec![ip],
        IpAddr::V6(ip) => readings_v6(ip),
    }
}

fn readings_v6(ip: Ipv6Addr) -> Vec<IpAddr> {
    let bytes = ip.octets();
    let at = |positions: [usize; 4]| IpAddr::V4(Ipv4Addr::from(positions.map(|i| bytes[i])));
    let last = at([12, 13, 14, 15]);
    match ip.segments() {
        // `::` and `::1` are addresses of their own.
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => vec![ip.into()],
        [0, 0, 0, 0, 0, 0 | 0xffff, _, _]
        | [0, 0, 0, 0, 0xffff, 0, _, _]
        | [0x64, 0xff9b, 0, 0, 0, 0, _, _] => vec![last],
        [0x64, 0xff9b, 1, ..] => nat64_local(at),
        [0x2002, ..] => vec![at([2, 3, 4, 5])],
        [0x2001, 0, ..] => {
            let client = Ipv4Addr::from([12, 13, 14, 15].map(|i| !bytes[i]));
            vec![at([4, 5, 6, 7]), client.into()]
        }
        [_, _, _, _, 0 | 0x200, 0x5efe, _, _] => vec![ip.into(), last],
        _ => vec![ip.into()],
    }
}

/// Only the network knows how long the prefix behind `64:ff9b:1::/48` is, so each of the four
/// lengths of RFC 6052 §2.2 is read. A reading in 0.0.0.0/8 is padding of a longer prefix.
fn nat64_local(at: impl Fn([usize; 4]) -> IpAddr) -> Vec<IpAddr> {
    let positions = [[6, 7, 9, 10], [7, 9, 10, 11], [9, 10, 11, 12], [12, 13, 14, 15]];
    let is_padding = |ip: &IpAddr| matches!(ip, IpAddr::V4(ip) if ip.octets()[0] == 0);
    let readings: Vec<_> = positions.map(at).into_iter().filter(|ip| !is_padding(ip)).collect();
    if readings.is_empty() { vec![Ipv4Addr::UNSPECIFIED.into()] } else { readings }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_as_what_it_leads_to() {
        let check = |ip: &str, expect: &[&str]| {
            let expect: Vec<IpAddr> = expect.iter().map(|ip| ip.parse().unwrap()).collect();
            assert_eq!(readings(ip.parse().unwrap()), expect, "{ip}");
        };
        check("192.0.2.1", &["192.0.2.1"]);
        check("2606:4700::1", &["2606:4700::1"]);
        check("::", &["::"]);
        check("::1", &["::1"]);
        check("::ffff:10.0.0.1", &["10.0.0.1"]);
        check("::10.0.0.1", &["10.0.0.1"]);
        check("::ffff:0:10.0.0.1", &["10.0.0.1"]);
        check("64:ff9b::10.0.0.1", &["10.0.0.1"]);
        check("64:ff9b:1::10.0.0.1", &["10.0.0.1"]);
        check("64:ff9b:1:a00:0:100::", &["10.0.0.1"]);
        check("64:ff9b:1::", &["0.0.0.0"]);
        check("2002:a00:1::8.8.8.8", &["10.0.0.1"]);
        check("2001:0:808:808::f5ff:fffe", &["8.8.8.8", "10.0.0.1"]);
        check("2606:4700::5efe:10.0.0.1", &["2606:4700::5efe:10.0.0.1", "10.0.0.1"]);
        check("2606:4700::200:5efe:a00:1", &["2606:4700::200:5efe:a00:1", "10.0.0.1"]);
    }
}
