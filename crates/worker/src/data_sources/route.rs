//! Where a data source's connections go: to addresses that the egress guard lets pass.

use super::{DataSource, TlsMode};
use crate::resolver::{GuardedResolver, ResolveError};

/// Addresses of one name that are tried.
const ADDRESSES_TRIED_MAX: usize = 4;

/// What to give the driver as its host, the best first; at least one.
///
/// These are addresses, so that what was checked is what is connected to. The driver can verify a
/// certificate only against the host it is given, so under [`TlsMode::VerifyFull`] it gets the name, once
/// that was checked: who moves the name elsewhere meanwhile gains a TLS handshake that fails.
pub(super) async fn hosts(
    resolver: &GuardedResolver,
    source: &DataSource,
) -> Result<Vec<String>, ResolveError> {
    let addresses = resolver.resolve(&source.host, source.port).await?;
    Ok(match source.tls {
        TlsMode::VerifyFull { .. } => vec![source.host.clone()],
        TlsMode::Disable | TlsMode::Require => addresses
            .iter()
            .take(ADDRESSES_TRIED_MAX)
            .map(|address| address.ip().to_string())
            .collect(),
    })
}
