//! The least that answers HTTP: what calls are measured against, so that the answers cost next to
//! nothing.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
/// Longest request with an empty body; a longer one ends its connection.
const REQUEST_BYTES_MAX: usize = 16 << 10;

/// Answers every request on loopback with 200 and counts them, until it is dropped.
pub(crate) struct Answerer {
    address: SocketAddr,
    n_answered: Arc<AtomicUsize>,
    listening: JoinHandle<()>,
}

impl Answerer {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let n_answered = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&n_answered);
        let listening = tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                tokio::spawn(answer(connection, Arc::clone(&counter)));
            }
        });
        Self { address, n_answered, listening }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    pub(crate) fn n_answered(&self) -> usize {
        self.n_answered.load(Ordering::Acquire)
    }
}

impl Drop for Answerer {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

/// Serves one connection. Requests have no body, so each ends with its empty line.
async fn answer(mut connection: TcpStream, n_answered: Arc<AtomicUsize>) {
    let mut request = Vec::with_capacity(1_024);
    while request.len() < REQUEST_BYTES_MAX {
        match connection.read_buf(&mut request).await {
            Ok(0) | Err(_) => return,
            Ok(_) if request.ends_with(b"\r\n\r\n") => {
                request.clear();
                n_answered.fetch_add(1, Ordering::AcqRel);
                if connection.write_all(ANSWER).await.is_err() {
                    return;
                }
            }
            Ok(_) => {}
        }
    }
}
