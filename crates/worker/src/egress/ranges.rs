//! The address ranges a guard knows, after IANA's special-purpose address registries (RFC 6890).

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// What is wrong with an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// This server listens there.
    OwnAddress,
    Unspecified,
    LinkLocal,
    /// Where a cloud serves its credentials, outside of link-local.
    Metadata,
    Multicast,
    Reserved,
    Loopback,
    Private,
    Shared,
    Documentation,
    /// Benchmarks, protocol assignments, and whatever is not global unicast.
    NotPublic,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OwnAddress => "the scheduler itself listens there",
            Self::Unspecified => "not an address to connect to",
            Self::LinkLocal => "link-local",
            Self::Metadata => "cloud metadata",
            Self::Multicast => "multicast",
            Self::Reserved => "reserved",
            Self::Loopback => "loopback",
            Self::Private => "private network",
            Self::Shared => "carrier-grade NAT",
            Self::Documentation => "documentation",
            Self::NotPublic => "not public",
        })
    }
}

type Range = (IpNet, Reason);

const fn v4(a: u8, b: u8, c: u8, d: u8, prefix: u8) -> IpNet {
    IpNet::V4(Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix))
}

const fn v6(high: [u16; 4], last: u16, prefix: u8) -> IpNet {
    let address = Ipv6Addr::new(high[0], high[1], high[2], high[3], 0, 0, 0, last);
    IpNet::V6(Ipv6Net::new_assert(address, prefix))
}

/// Refused under every policy.
const ALWAYS: [Range; 12] = [
    (v4(0, 0, 0, 0, 8), Reason::Unspecified),
    (v4(169, 254, 0, 0, 16), Reason::LinkLocal),
    // Alibaba, Oracle, Azure.
    (v4(100, 100, 100, 200, 32), Reason::Metadata),
    (v4(192, 0, 0, 192, 32), Reason::Metadata),
    (v4(168, 63, 129, 16, 32), Reason::Metadata),
    (v4(224, 0, 0, 0, 4), Reason::Multicast),
    // With 255.255.255.255.
    (v4(240, 0, 0, 0, 4), Reason::Reserved),
    (v6([0, 0, 0, 0], 0, 128), Reason::Unspecified),
    (v6([0xfe80, 0, 0, 0], 0, 10), Reason::LinkLocal),
    // Amazon, Google.
    (v6([0xfd00, 0xec2, 0, 0], 0x254, 128), Reason::Metadata),
    (v6([0xfd20, 0xce, 0, 0], 0x254, 128), Reason::Metadata),
    (v6([0xff00, 0, 0, 0], 0, 8), Reason::Multicast),
];

/// Refused under `public`, besides everything in IPv6 that is not [`GLOBAL_UNICAST`].
const NOT_PUBLIC: [Range; 18] = [
    (v4(10, 0, 0, 0, 8), Reason::Private),
    (v4(100, 64, 0, 0, 10), Reason::Shared),
    (v4(127, 0, 0, 0, 8), Reason::Loopback),
    (v4(172, 16, 0, 0, 12), Reason::Private),
    (v4(192, 0, 0, 0, 24), Reason::NotPublic),
    (v4(192, 0, 2, 0, 24), Reason::Documentation),
    (v4(192, 88, 99, 0, 24), Reason::NotPublic),
    (v4(192, 168, 0, 0, 16), Reason::Private),
    (v4(198, 18, 0, 0, 15), Reason::NotPublic),
    (v4(198, 51, 100, 0, 24), Reason::Documentation),
    (v4(203, 0, 113, 0, 24), Reason::Documentation),
    (v6([0, 0, 0, 0], 1, 128), Reason::Loopback),
    (v6([0xfc00, 0, 0, 0], 0, 7), Reason::Private),
    // Site-local, deprecated by RFC 3879.
    (v6([0xfec0, 0, 0, 0], 0, 10), Reason::Private),
    (v6([0x2001, 0, 0, 0], 0, 23), Reason::NotPublic),
    (v6([0x2001, 0xdb8, 0, 0], 0, 32), Reason::Documentation),
    (v6([0x3fff, 0, 0, 0], 0, 20), Reason::Documentation),
    (v6([0x5f00, 0, 0, 0], 0, 16), Reason::NotPublic),
];

const GLOBAL_UNICAST: IpNet = v6([0x2000, 0, 0, 0], 0, 3);

pub(super) fn refused_always(ip: IpAddr) -> Option<Reason> {
    range_of(ip, &ALWAYS)
}

pub(super) fn not_public(ip: IpAddr) -> Option<Reason> {
    range_of(ip, &NOT_PUBLIC)
        .or_else(|| (ip.is_ipv6() && !GLOBAL_UNICAST.contains(&ip)).then_some(Reason::NotPublic))
}

fn range_of(ip: IpAddr, ranges: &[Range]) -> Option<Reason> {
    ranges.iter().find(|(net, _)| net.contains(&ip)).map(|(_, reason)| *reason)
}
