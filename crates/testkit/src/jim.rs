//! A stand-in for a JIM server: run profiles are executed, activities progress and end as planned.
//!
//! Routes, fields and words are those that a JIM's clients meet. What it was asked, and what came of it, a
//! test reads from [`FakeJim::activities`].

mod routes;
mod state;

use std::sync::Arc;

use tokio::{net::TcpListener, task::JoinHandle};

use state::State;
pub use state::{JimActivity, JimPlan};

/// One server, until it is dropped.
#[derive(Debug)]
pub struct FakeJim {
    base: String,
    state: Arc<State>,
    serving: JoinHandle<()>,
}

impl FakeJim {
    /// Takes calls with this API key, and no others.
    pub async fn start(api_key: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("listening on loopback");
        let address = listener.local_addr().expect("a listener has an address");
        let state = Arc::new(State::new(api_key));
        let router = routes::router(Arc::clone(&state));
        let serving = tokio::spawn(async move {
            axum::serve(listener, router).await.expect("serving on loopback");
        });
        Self { base: format!("http://{address}"), state, serving }
    }

    pub fn base(&self) -> &str {
        &self.base
    }

    /// What becomes of executions of this run profile from now on.
    pub fn plan(&self, system: i64, profile: i64, plan: JimPlan) {
        self.state.plan(system, profile, plan);
    }

    /// The next execute call is answered with this status and starts nothing.
    pub fn refuse_execute(&self, status: u16) {
        self.state.lock().refuse_execute = Some(status);
    }

    /// The next execute call starts an activity, and is answered with this status all the same: as by a
    /// proxy that lost the answer.
    pub fn lose_execute_answer(&self, status: u16) {
        self.state.lock().lose_execute_answer = Some(status);
    }

    /// So many of the next progress calls are answered with 503.
    pub fn fail_progress(&self, n: u32) {
        self.state.lock().progress_faults = n;
    }

    /// Every activity that was started, in that order.
    pub fn activities(&self) -> Vec<JimActivity> {
        self.state.lock().activities.clone()
    }
}

impl Drop for FakeJim {
    fn drop(&mut self) {
        self.serving.abort();
    }
}
