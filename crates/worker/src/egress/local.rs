//! Whether an address is one of this machine's.

use std::net::{IpAddr, UdpSocket};

/// Asked of the kernel by binding, without sending anything: addresses come and go while a server
/// runs, and binding needs neither a list of interfaces nor rights to read one. Where
/// `net.ipv4.ip_nonlocal_bind` is set everything seems local: that refuses too much, not too little.
pub(super) fn is_local(ip: IpAddr) -> bool {
    UdpSocket::bind((ip, 0)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_is_ours_and_a_documentation_address_is_not() {
        assert!(is_local(IpAddr::from([127, 0, 0, 1])));
        assert!(!is_local(IpAddr::from([192, 0, 2, 1])));
    }
}
