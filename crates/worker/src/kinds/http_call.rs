//! `HttpCall`: makes one HTTP request, follows its redirects if told to, and keeps the answer.

mod failure;
mod json;
mod request;

use std::{fmt, sync::Arc, time::Duration};

use horarium_api::configuration::HttpCallConfiguration;
use reqwest::{Client, Response, StatusCode, header::LOCATION, redirect::Policy};

use self::{failure::cause, request::Outbound};
use super::unusable;
use crate::{
    assignment::{Assignment, Ending, limit_text},
    dial::{DIAL, Dial, DialLimit},
    egress::EgressGuard,
    output::Capture,
    resolver::{GuardedResolver, Lookup, SystemLookup},
};

/// Read of one response: a body that goes on is left, whatever it says its length is.
pub const RESPONSE_BYTES_MAX: u64 = 64 * 1024 * 1024;
const REDIRECTS_DEFAULT: u8 = 5;
const REDIRECTS_MAX: u8 = 10;
const IDLE_CONNECTIONS_PER_HOST_MAX: usize = 32;
const IDLE_CONNECTION_KEPT: Duration = Duration::from_secs(30);

/// Limits of calls whose jobs do not set their own.
#[derive(Clone, Debug)]
pub struct HttpCallLimits {
    /// From the first lookup to the last byte, redirects included.
    pub total: Duration,
    /// For each connection: lookup, TCP and TLS.
    pub connect: Duration,
    pub response_bytes_max: u64,
}

impl Default for HttpCallLimits {
    fn default() -> Self {
        Self {
            total: Duration::from_secs(30),
            connect: Duration::from_secs(10),
            response_bytes_max: RESPONSE_BYTES_MAX,
        }
    }
}

/// Makes calls under one egress policy, from one pool of connections; a clone shares it.
#[derive(Clone)]
pub struct HttpCall {
    client: Client,
    guard: Arc<EgressGuard>,
    limits: HttpCallLimits,
    /// Why https cannot be called: a host without CA certificates still makes http calls.
    tls_missing: Option<String>,
}

impl fmt::Debug for HttpCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpCall")
            .field("guard", &self.guard)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

impl HttpCall {
    /// With names looked up by this machine's resolver.
    pub fn new(guard: EgressGuard, limits: HttpCallLimits) -> Self {
        Self::with_lookup(guard, limits, SystemLookup)
    }

    /// With names looked up elsewhere.
    ///
    /// # Panics
    ///
    /// When no client can be built even without CA certificates: then this build has a fault.
    pub fn with_lookup(guard: EgressGuard, limits: HttpCallLimits, lookup: impl Lookup) -> Self {
        let guard = Arc::new(guard);
        let resolver = GuardedResolver::new(Arc::clone(&guard), Arc::new(lookup));
        let builder = || {
            Client::builder()
                .dns_resolver(resolver.clone())
                .connector_layer(DialLimit)
                // Redirects are ours, each hop through the guard; proxies would connect for us.
                .redirect(Policy::none())
                .no_proxy()
                .referer(false)
                .pool_max_idle_per_host(IDLE_CONNECTIONS_PER_HOST_MAX)
                .pool_idle_timeout(IDLE_CONNECTION_KEPT)
        };
        let (client, tls_missing) = match builder().build() {
            Ok(client) => (client, None),
            Err(error) => {
                let cause = cause(&error);
                tracing::warn!("https calls will fail, preparing TLS: {cause}");
                let bare = builder().tls_certs_only([]).build();
                (bare.expect("no certificates are loaded that could fail"), Some(cause))
            }
        };
        Self { client, guard, limits, tls_missing }
    }

    pub(super) async fn run(&self, assignment: &Assignment, capture: &mut Capture) -> Ending {
        let call = match HttpCallConfiguration::from_stored(&assignment.configuration) {
            Ok(call) => call,
            Err(error) => return unusable(&error),
        };
        let mut outbound = match Outbound::prepare(&call, assignment) {
            Ok(outbound) => outbound,
            Err(error) => return Ending::failed_for_good(error.to_string()),
        };
        let limit = seconds(call.timeout_seconds).unwrap_or(self.limits.total);
        let exchange = self.exchange(&call, &mut outbound, capture);
        if let Ok(ending) = tokio::time::timeout(limit, exchange).await {
            return ending;
        }
        let limit = limit_text(limit);
        let error =
            format!("{outbound}: timed out after {limit} (jobConfiguration.timeoutSeconds)");
        Ending::TimedOut { error }
    }

    async fn exchange(
        &self,
        call: &HttpCallConfiguration,
        outbound: &mut Outbound,
        capture: &mut Capture,
    ) -> Ending {
        let redirects_max = call.max_redirects.unwrap_or(REDIRECTS_DEFAULT).min(REDIRECTS_MAX);
        loop {
            let response = match self.send(call, outbound).await {
                Ok(response) => response,
                Err(ending) => return ending,
            };
            let status = response.status();
            let location = response.headers().get(LOCATION).filter(|_| redirects(call, status));
            let Some(location) = location else {
                return self.conclude(call, outbound, response, capture).await;
            };
            if outbound.n_redirects == redirects_max {
                let error = format!(
                    "{outbound}: redirected more than {redirects_max} times \
                     (jobConfiguration.maxRedirects)"
                );
                return answered(call, status, error);
            }
            if let Err(error) = outbound.redirect(status, location.as_bytes()) {
                return Ending::failed_for_good(format!("{outbound}: {error}"));
            }
        }
    }

    /// One request to one URL that the guard lets pass.
    async fn send(
        &self,
        call: &HttpCallConfiguration,
        outbound: &Outbound,
    ) -> Result<Response, Ending> {
        let refused = |text: &str| Err(Ending::failed_for_good(format!("{outbound}: {text}")));
        if let Err(refusal) = self.guard.check_url(outbound.url()) {
            return refused(&refusal.to_string());
        }
        if let (Some(cause), "https") = (&self.tls_missing, outbound.url().scheme()) {
            return refused(&format!("preparing TLS: {cause}"));
        }
        let dial = Dial {
            port: outbound.url().port_or_known_default().unwrap_or_default(),
            limit: seconds(call.connect_timeout_seconds).unwrap_or(self.limits.connect),
        };
        let sending = outbound.request(&self.client).send();
        DIAL.scope(dial, sending).await.map_err(|error| failure::ending(outbound, &error))
    }

    /// Reads the answer and judges it.
    async fn conclude(
        &self,
        call: &HttpCallConfiguration,
        outbound: &Outbound,
        response: Response,
        capture: &mut Capture,
    ) -> Ending {
        let status = response.status();
        let read = self.read(response, capture).await;
        if !is_success(call, status) {
            return answered(call, status, format!("{outbound}: answered {status}"));
        }
        match read {
            Ok(()) => Ending::Succeeded,
            Err(error) => {
                let cause = cause(&error);
                Ending::failed(format!("{outbound}: reading the response: {cause}"))
            }
        }
    }

    async fn read(&self, mut response: Response, capture: &mut Capture) -> reqwest::Result<()> {
        let bytes_max = self.limits.response_bytes_max;
        while let Some(chunk) = response.chunk().await? {
            capture.write(&chunk);
            if capture.bytes() > bytes_max {
                capture.stop(format!(
                    "the response is longer than {bytes_max} bytes; reading stopped there"
                ));
                break;
            }
        }
        Ok(())
    }
}

/// Only on request: a 3xx is otherwise a status like any other.
fn redirects(call: &HttpCallConfiguration, status: StatusCode) -> bool {
    let is_wanted = call.success_status_codes.contains(&status.as_u16());
    call.follow_redirects && !is_wanted && matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

fn is_success(call: &HttpCallConfiguration, status: StatusCode) -> bool {
    if call.success_status_codes.is_empty() {
        status.is_success()
    } else {
        call.success_status_codes.contains(&status.as_u16())
    }
}

/// Failed by what was answered: retried if the job's list of codes is empty or has this one.
fn answered(call: &HttpCallConfiguration, status: StatusCode, error: String) -> Ending {
    let codes = &call.retry_on_status_codes;
    let retryable = codes.is_empty() || codes.contains(&status.as_u16());
    Ending::Failed { error, retryable, http_status: Some(status.as_u16()) }
}

fn seconds(seconds: Option<u32>) -> Option<Duration> {
    seconds.map(|seconds| Duration::from_secs(seconds.into()))
}
