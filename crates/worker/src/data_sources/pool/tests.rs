//! Bounds of a pool, with sessions that only count themselves and with a clock that is wound.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::{
    data_sources::{DataSourceKind, TlsMode},
    egress::{EgressGuard, EgressPolicy},
    resolver::SystemLookup,
};

/// Shared by no other test.
static OPEN: AtomicUsize = AtomicUsize::new(0);

struct Counted;

impl Session for Counted {
    async fn connect(_: &DataSource, _: &str) -> sqlx::Result<Self> {
        OPEN.fetch_add(1, Ordering::SeqCst);
        Ok(Self)
    }

    async fn is_alive(&mut self) -> bool {
        true
    }

    async fn reset(&mut self) -> sqlx::Result<()> {
        Ok(())
    }

    async fn stop(&mut self) -> Result<(), String> {
        Ok(())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        OPEN.fetch_sub(1, Ordering::SeqCst);
    }
}

fn pool(pool_size: u32) -> Arc<Pool<Counted>> {
    let source = DataSource {
        name: "reports".to_owned(),
        kind: DataSourceKind::Postgres,
        host: "127.0.0.1".to_owned(),
        port: 5432,
        database: "app".to_owned(),
        user: "horarium".to_owned(),
        password: String::new(),
        tls: TlsMode::Disable,
        allowed_procedures: vec![],
        statement_timeout: Duration::from_mins(1),
        pool_size,
    };
    let guard = Arc::new(EgressGuard::new(EgressPolicy::Internal, vec![]));
    let resolver = GuardedResolver::new(guard, Arc::new(SystemLookup));
    Arc::new(Pool::new(source, Context { resolver, stops: TaskTracker::new() }))
}

#[tokio::test]
async fn an_idle_session_is_closed_after_a_while() {
    let pool = pool(2);
    for _ in 0..2 {
        let lease = pool.session(pool.place().await).await.unwrap();
        lease.give_back().await;
    }
    assert_eq!(OPEN.load(Ordering::SeqCst), 1, "the second one was the first");
    tokio::time::pause();
    tokio::time::advance(IDLE_KEPT / 2).await;
    assert_eq!(OPEN.load(Ordering::SeqCst), 1);
    sleep(IDLE_KEPT).await;
    assert_eq!(OPEN.load(Ordering::SeqCst), 0);
}

#[test]
fn a_pool_has_at_least_one_place_and_at_most_the_bound() {
    let check = |pool_size: u32, expect: u32| {
        assert_eq!(pool(pool_size).permits.available_permits(), expect as usize, "{pool_size}");
    };
    check(0, 1);
    check(1, 1);
    check(POOL_SIZE_MAX, POOL_SIZE_MAX);
    check(u32::MAX, POOL_SIZE_MAX);
}
