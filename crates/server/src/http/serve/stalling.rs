//! A connection whose peer takes nothing is not waited for without end.

use std::{
    future::Future as _,
    io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep, sleep_until},
};

/// An [`AsyncWrite`] that fails once the other side has taken nothing for `limit`.
pub(super) struct Stalling<S> {
    inner: S,
    limit: Duration,
    /// Set while a write waits.
    ends: Option<Pin<Box<Sleep>>>,
}

impl<S> Stalling<S> {
    pub(super) fn new(inner: S, limit: Duration) -> Self {
        Self { inner, limit, ends: None }
    }

    /// Lets a write that got on pass, and one that waits only for so long.
    fn watch<T>(
        &mut self,
        cx: &mut Context<'_>,
        wrote: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if wrote.is_ready() {
            self.ends = None;
            return wrote;
        }
        let limit = self.limit;
        let ends = self.ends.get_or_insert_with(|| Box::pin(sleep_until(Instant::now() + limit)));
        ready!(ends.as_mut().poll(cx));
        let text = format!("the peer took nothing for {} s", limit.as_secs());
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, text)))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Stalling<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let wrote = Pin::new(&mut self.inner).poll_write(cx, bytes);
        self.watch(cx, wrote)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let wrote = Pin::new(&mut self.inner).poll_write_vectored(cx, parts);
        self.watch(cx, wrote)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.inner).poll_flush(cx);
        self.watch(cx, flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let shut = Pin::new(&mut self.inner).poll_shutdown(cx);
        self.watch(cx, shut)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Stalling<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(cx, buffer)
    }
}

#[cfg(test)]
mod tests {
    use axum::{Router, body::Body, body::Bytes, routing::get};
    use futures_util::stream;
    use hyper_util::{rt::TokioIo, service::TowerToHyperService};
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    const LIMIT: Duration = Duration::from_secs(30);

    /// A server of one connection that sends without end; gives how it ended.
    fn endless(
        server: tokio::io::DuplexStream,
    ) -> tokio::task::JoinHandle<Result<(), Box<dyn std::error::Error + Send + Sync>>> {
        let answer = || async {
            let pieces =
                stream::repeat_with(|| Ok::<_, io::Error>(Bytes::from_static(&[b'x'; 1024])));
            Body::from_stream(pieces)
        };
        let service = TowerToHyperService::new(Router::new().route("/", get(answer)));
        let io = TokioIo::new(Stalling::new(server, LIMIT));
        tokio::spawn(
            async move { crate::http::serve::builder().serve_connection(io, service).await },
        )
    }

    #[tokio::test(start_paused = true)]
    async fn a_reader_that_never_reads_is_dropped() {
        let (mut client, server) = tokio::io::duplex(64 << 10);
        let connection = endless(server);
        client.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        let began = Instant::now();
        let ended = connection.await.unwrap();
        assert!(ended.is_err(), "the connection is given up");
        assert_eq!(began.elapsed().as_secs(), LIMIT.as_secs());
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_reader_is_waited_for() {
        let (mut client, server) = tokio::io::duplex(1 << 10);
        let connection = endless(server);
        client.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        let mut some = [0; 512];
        for _ in 0..10 {
            tokio::time::advance(LIMIT.mul_f64(0.9)).await;
            client.read_exact(&mut some).await.unwrap();
        }
        assert!(!connection.is_finished());
        drop(client);
        connection.await.unwrap().unwrap_err();
    }
}
