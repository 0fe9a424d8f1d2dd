//! Claims about access as a whole, on a real (SQLite) database; no clock is read and nothing sleeps.

mod hostile_tokens;
mod keys;
mod logins;
mod setups;

use std::{net::IpAddr, sync::Arc};

use axum::http::{HeaderMap, HeaderValue, header::AUTHORIZATION};
use horarium_store::{DatabaseUrl, Hidden, Store, StoreOptions, User};
use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;

use super::*;
use crate::settings;

const EMAIL: &str = "Ada@Example.org";
const PASSWORD: &str = "mind the gap";

/// Access to a fresh database.
struct Fixture {
    auth: Arc<Auth>,
    store: Store,
    /// Goes with the fixture.
    _directory: TempDir,
}

impl Fixture {
    async fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let url = DatabaseUrl::Sqlite(directory.path().join("test.db"));
        let store = Store::open(&url, &StoreOptions::default()).await.unwrap();
        store.migrate(at(0)).await.unwrap();
        let auth = Auth::open(store.clone(), &settings::Auth::default()).await.unwrap();
        Self { auth: Arc::new(auth), store, _directory: directory }
    }

    /// With an administrator.
    async fn set_up() -> (Self, User) {
        let fixture = Self::new().await;
        let token = fixture.auth.renew_setup_token(at(0)).await.unwrap().unwrap();
        let user = fixture.auth.set_up(&token, EMAIL, &hidden(PASSWORD), at(0)).await.unwrap();
        (fixture, user)
    }

    /// Another server on the same database.
    async fn other_node(&self) -> Auth {
        Auth::open(self.store.clone(), &settings::Auth::default()).await.unwrap()
    }

    async fn log_in(&self, now: Timestamp) -> Session {
        self.auth.login(EMAIL, &hidden(PASSWORD), home(), now).await.unwrap()
    }

    async fn principal(&self, credential: &Hidden, now: Timestamp) -> Result<Principal> {
        self.auth.authenticate(&bearer(credential), now).await
    }
}

fn at(seconds: i64) -> Timestamp {
    let start: Timestamp = "2026-03-01T08:00:00Z".parse().unwrap();
    start + SignedDuration::from_secs(seconds)
}

fn hidden(text: &str) -> Hidden {
    Hidden::new(text)
}

fn home() -> IpAddr {
    "192.0.2.1".parse().unwrap()
}

fn bearer(credential: &Hidden) -> HeaderMap {
    let value = HeaderValue::from_str(&format!("Bearer {}", credential.expose())).unwrap();
    HeaderMap::from_iter([(AUTHORIZATION, value)])
}
