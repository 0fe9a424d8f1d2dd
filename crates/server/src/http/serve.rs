//! Connections: accepted, bounded in number and in the time of their heads, ended in good order.

mod stalling;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, extract::Request};
use hyper::body::Incoming;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto::Builder, graceful::GracefulShutdown},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;
use tracing::{debug, warn};

use stalling::Stalling;

use super::{
    extract::Peer,
    middleware::limits::{HEADER_BYTES_MAX, HEADERS_MAX},
};

/// Connections at once; further ones wait to be accepted.
const CONNECTIONS_MAX: usize = 8_192;
/// For a request's head to arrive, also the next one's on a kept connection.
const HEAD_TIME_MAX: Duration = Duration::from_secs(10);
/// What hyper holds of a head before it refuses: ours is the smaller bound, and a problem body.
const HEAD_BYTES_MAX: usize = 4 * HEADER_BYTES_MAX;
/// Longest wait for answers under way once the server stops.
const DRAIN_TIME_MAX: Duration = Duration::from_secs(5);
/// Longest time in which a peer takes nothing of an answer, as a stream of events that nobody reads.
const STALL_TIME_MAX: Duration = Duration::from_secs(30);
/// How long to leave a listener alone that cannot accept, as without file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Serves until `stop`, then lets answers under way end.
pub async fn serve(listener: TcpListener, router: Router, stop: CancellationToken) {
    let connections = GracefulShutdown::new();
    let room = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let builder = Arc::new(builder());
    loop {
        let accepted = tokio::select! {
            biased;
            () = stop.cancelled() => break,
            accepted = accept(&listener, &room) => accepted,
        };
        let Some((stream, peer, permit)) = accepted else { continue };
        let (router, builder) = (router.clone(), Arc::clone(&builder));
        let watcher = connections.watcher();
        tokio::spawn(async move {
            let service = router.map_request(move |mut request: Request<Incoming>| {
                request.extensions_mut().insert(Peer(peer));
                request.map(axum::body::Body::new)
            });
            let service = TowerToHyperService::new(service);
            let stream = Stalling::new(stream, STALL_TIME_MAX);
            let connection = builder.serve_connection(TokioIo::new(stream), service);
            if let Err(err) = watcher.watch(connection.into_owned()).await {
                debug!(error = %err, %peer, "a connection from {peer} broke off");
            }
            drop(permit);
        });
    }
    drop(listener);
    if tokio::time::timeout(DRAIN_TIME_MAX, connections.shutdown()).await.is_err() {
        warn!("stopping: some answers were not finished in time");
    }
}

async fn accept(
    listener: &TcpListener,
    room: &Arc<Semaphore>,
) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let permit = Arc::clone(room).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => {
            if let Err(err) = stream.set_nodelay(true) {
                debug!(error = %err, "setting TCP_NODELAY failed");
            }
            Some((stream, peer, permit))
        }
        Err(err) => {
            warn!(error = %err, "accepting a connection failed");
            tokio::time::sleep(ACCEPT_PAUSE).await;
            None
        }
    }
}

pub(crate) fn builder() -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME_MAX)
        .max_headers(2 * HEADERS_MAX)
        .max_buf_size(HEAD_BYTES_MAX);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(HEAD_TIME_MAX)
        .max_header_list_size(u32::try_from(HEAD_BYTES_MAX).unwrap_or(u32::MAX))
        .max_concurrent_streams(256);
    builder
}
