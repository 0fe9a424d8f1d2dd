//! Looks names up for HTTP calls, and hands on only addresses that the egress guard lets pass.
//!
//! The client connects to what this answers and to nothing else, so a name that changes its address
//! between a check and a connection gains nothing. It is never asked about literal addresses:
//! [`EgressGuard::check_url`] is for those.

use std::{future::Future, io, net::SocketAddr, pin::Pin, sync::Arc};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::{
    dial::DIAL,
    egress::{EgressGuard, Refusal},
};

pub type LookingUp = Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send>>;

/// Who knows the addresses of a name; their ports mean nothing.
pub trait Lookup: Send + Sync + 'static {
    fn lookup(&self, name: &str) -> LookingUp;
}

/// The machine's resolver: `/etc/hosts`, DNS and whatever else it is configured with.
#[derive(Clone, Copy, Debug)]
pub struct SystemLookup;

impl Lookup for SystemLookup {
    fn lookup(&self, name: &str) -> LookingUp {
        let name = name.to_owned();
        Box::pin(async move { Ok(tokio::net::lookup_host((name, 0)).await?.collect()) })
    }
}

/// Why a name led nowhere.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ResolveError {
    /// All of its addresses are refused; this is the first one's refusal.
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error("looking up `{name}`: {cause}")]
    Failed { name: String, cause: String },
}

/// A [`Lookup`] behind an [`EgressGuard`].
#[derive(Clone)]
pub struct GuardedResolver {
    guard: Arc<EgressGuard>,
    lookup: Arc<dyn Lookup>,
}

impl GuardedResolver {
    pub fn new(guard: Arc<EgressGuard>, lookup: Arc<dyn Lookup>) -> Self {
        Self { guard, lookup }
    }

    /// The addresses of `name` that may be connected to at `port`; at least one.
    pub async fn resolve(&self, name: &str, port: u16) -> Result<Vec<SocketAddr>, ResolveError> {
        let failed = |cause: String| ResolveError::Failed { name: name.to_owned(), cause };
        let found = self.lookup.lookup(name).await.map_err(|error| failed(error.to_string()))?;
        let mut refusal = None;
        let mut allowed = Vec::new();
        for mut address in found {
            address.set_port(port);
            match self.guard.check(address.ip(), port) {
                Ok(()) => allowed.push(address),
                Err(refused) => {
                    tracing::debug!(name, "{name}: {refused}");
                    refusal.get_or_insert(refused);
                }
            }
        }
        match refusal {
            _ if !allowed.is_empty() => Ok(allowed),
            Some(refusal) => Err(refusal.into()),
            None => Err(failed("it has no address".to_owned())),
        }
    }
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        // Outside of a request the port is not known, and nothing is resolved.
        let dial = DIAL.try_with(|dial| *dial);
        let resolver = self.clone();
        Box::pin(async move {
            let allowed = GuardedResolver::resolve(&resolver, name.as_str(), dial?.port).await?;
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}
