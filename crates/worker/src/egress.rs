//! Which addresses a job may reach: the guard that keeps HTTP calls away from the server itself,
//! from cloud metadata and, where the policy says so, from everything that is not the internet.
//!
//! The guard only decides. [`crate::resolver`] asks it about what a name resolved to, and
//! [`crate::HttpCall`] about literal hosts, before the first request and before each redirect hop.

mod embedded;
mod local;
mod ranges;

use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;
use url::{Host, Url};

pub use ranges::Reason;

/// How far jobs may reach. Some addresses are refused under every policy, and no allow-list opens
/// them: the server's own, link-local, cloud metadata, multicast, reserved ([`Reason`]).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EgressPolicy {
    /// Private networks too: what a self-hosted scheduler is mostly for.
    Internal,
    /// The public internet, and of the rest only these networks.
    Public { allow: Vec<IpNet> },
}

/// Decides about addresses under one policy.
#[derive(Clone, Debug)]
pub struct EgressGuard {
    policy: EgressPolicy,
    own_addresses: Vec<SocketAddr>,
    /// Whether an address is one of this machine's.
    is_local: fn(IpAddr) -> bool,
}

/// Why a URL is not requested.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// `via` is the IPv4 address inside an address that only wraps it.
    #[error("address {address}{} is refused by the egress policy: {reason}", inside(*via))]
    Address { address: SocketAddr, via: Option<IpAddr>, reason: Reason },
    #[error("only http and https URLs are called, not `{0}`")]
    Scheme(String),
}

fn inside(via: Option<IpAddr>) -> String {
    via.map(|via| format!(" (which leads to {via})")).unwrap_or_default()
}

impl EgressGuard {
    /// `own_addresses` are the ones this server listens on, e.g. `0.0.0.0:8080`.
    pub fn new(policy: EgressPolicy, own_addresses: Vec<SocketAddr>) -> Self {
        let own_addresses = own_addresses
            .into_iter()
            .map(|own| SocketAddr::new(own.ip().to_canonical(), own.port()))
            .collect();
        Self { policy, own_addresses, is_local: local::is_local }
    }

    /// Whether to connect to `ip` at `port`.
    ///
    /// IPv6 forms that carry an IPv4 address (mapped, NAT64, 6to4, Teredo, ISATAP, ..) are judged
    /// by the address they lead to.
    pub fn check(&self, ip: IpAddr, port: u16) -> Result<(), Refusal> {
        for reading in embedded::readings(ip) {
            if let Some(reason) = self.judge(reading, ip, port) {
                let via = (reading != ip).then_some(reading);
                return Err(Refusal::Address { address: SocketAddr::new(ip, port), via, reason });
            }
        }
        Ok(())
    }

    /// The part of the decision that needs no resolver: the scheme, and the host when it is an
    /// address. `Url` has by then turned `0x7f.1`, `2130706433` and `0177.0.0.1` into `127.0.0.1`.
    pub fn check_url(&self, url: &Url) -> Result<(), Refusal> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Refusal::Scheme(url.scheme().to_owned()));
        }
        let port = url.port_or_known_default().unwrap_or_default();
        match url.host() {
            Some(Host::Ipv4(ip)) => self.check(ip.into(), port),
            Some(Host::Ipv6(ip)) => self.check(ip.into(), port),
            Some(Host::Domain(_)) | None => Ok(()),
        }
    }

    fn judge(&self, reading: IpAddr, given: IpAddr, port: u16) -> Option<Reason> {
        if self.is_own(reading, port) {
            return Some(Reason::OwnAddress);
        }
        let always = ranges::refused_always(reading);
        match &self.policy {
            EgressPolicy::Internal => always,
            EgressPolicy::Public { allow } => {
                let is_allowed =
                    allow.iter().any(|net| net.contains(&reading) || net.contains(&given));
                always.or_else(|| if is_allowed { None } else { ranges::not_public(reading) })
            }
        }
    }

    /// A server that listens everywhere, or on loopback, is reached by any name of this machine.
    fn is_own(&self, ip: IpAddr, port: u16) -> bool {
        self.own_addresses.iter().filter(|own| own.port() == port).any(|own| {
            let is_wide = own.ip().is_unspecified() || own.ip().is_loopback();
            own.ip() == ip || (is_wide && (ip.is_loopback() || (self.is_local)(ip)))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard(own: &str) -> EgressGuard {
        let mut guard = EgressGuard::new(EgressPolicy::Internal, vec![own.parse().unwrap()]);
        guard.is_local = |ip| ip == IpAddr::from([192, 168, 1, 5]);
        guard
    }

    #[test]
    fn a_server_that_listens_everywhere_is_found_under_every_name_of_its_machine() {
        let check = |own: &str, ip: &str, port: u16, expect: bool| {
            let verdict = guard(own).check(ip.parse().unwrap(), port);
            assert_eq!(verdict.is_ok(), expect, "{own} asked for {ip} port {port}: {verdict:?}");
        };
        for own in ["0.0.0.0:8080", "127.0.0.1:8080", "[::]:8080", "[::1]:8080"] {
            check(own, "127.0.0.1", 8080, false);
            check(own, "127.9.9.9", 8080, false);
            check(own, "::1", 8080, false);
            check(own, "::ffff:127.0.0.1", 8080, false);
            check(own, "192.168.1.5", 8080, false);
            check(own, "192.168.1.6", 8080, true);
            check(own, "127.0.0.1", 8081, true);
        }
        check("192.168.1.5:8080", "192.168.1.5", 8080, false);
        check("192.168.1.5:8080", "::ffff:192.168.1.5", 8080, false);
        check("192.168.1.5:8080", "2002:c0a8:105::1", 8080, false);
        check("[::ffff:192.168.1.5]:8080", "192.168.1.5", 8080, false);
        check("192.168.1.5:8080", "127.0.0.1", 8080, true);
    }

    #[test]
    fn no_allow_list_opens_what_is_refused_always() {
        let allow = vec!["0.0.0.0/0".parse().unwrap(), "::/0".parse().unwrap()];
        let own = vec!["10.0.0.1:80".parse().unwrap()];
        let guard = EgressGuard::new(EgressPolicy::Public { allow }, own);
        for ip in ["169.254.169.254", "fe80::1", "fd00:ec2::254", "10.0.0.1", "0.0.0.0"] {
            assert!(guard.check(ip.parse().unwrap(), 80).is_err(), "{ip}");
        }
        assert_eq!(guard.check("10.0.0.2".parse().unwrap(), 80), Ok(()));
    }

    #[test]
    fn a_refusal_names_the_address_and_what_it_leads_to() {
        let guard = guard("0.0.0.0:8080");
        let text = |ip: &str| guard.check(ip.parse().unwrap(), 80).unwrap_err().to_string();
        assert_eq!(
            text("169.254.169.254"),
            "address 169.254.169.254:80 is refused by the egress policy: link-local"
        );
        assert_eq!(
            text("64:ff9b::a9fe:a9fe"),
            "address [64:ff9b::a9fe:a9fe]:80 (which leads to 169.254.169.254) is refused by the \
             egress policy: link-local"
        );
    }
}
