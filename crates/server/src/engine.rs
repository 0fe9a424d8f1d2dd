//! The engine: what makes executions of due instants and runs them, on every node alike.
//!
//! Eight services look at the database, act and report; none depends on a message arriving
//! (invariant 6). Between them stand three things in memory that may be lost at any time without
//! losing work: the [`slots`], the [`attempts`] and the [`concluder`]'s queue.
//!
//! | service | duty |
//! |---|---|
//! | [`ticker`] | fires what is due |
//! | [`dispatcher`] | claims what waits and starts attempts |
//! | [`advancer`] | starts what follows in runs of graphs, and ends them |
//! | [`heart`] | keeps this node's lease; stops everything when it is gone |
//! | [`releaser`] | starts what waited for other jobs |
//! | [`rescuer`] | declares silent nodes lost and takes over their executions |
//! | [`canceller`] | stops attempts that another node was asked to cancel |
//! | [`announcer`](crate::events) | reads events for those who listen here |
//! | [`retention`] | forgets executions and decisions that are old |
//! | [`sweeper`] | forgets what is kept for a time only |

pub mod advancer;
pub mod attempts;
pub mod canceller;
pub mod concluder;
pub mod definitions;
pub mod dispatcher;
pub mod heart;
pub mod lease;
pub mod planner;
pub mod releaser;
pub mod rescuer;
pub mod retention;
pub mod run_plans;
mod runs;
pub mod service;
pub mod slots;
pub mod sweeper;
pub mod ticker;

use std::{
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

use horarium_core::{ExecutionId, JobId, NodeId, Origin};
use horarium_store::{Cancelled, NewExecution, Once, Store};
use horarium_worker::Runner;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{info, warn};
use uuid::Uuid;

use crate::{
    clock::Clock,
    events::{Announcer, Events},
    metrics::Metrics,
};

use attempts::Attempts;
use concluder::Concluder;
use definitions::Definitions;
use dispatcher::{Ahead, Dispatcher};
use heart::Heart;
use lease::Lease;
use planner::SchedulePlanner;
use run_plans::RunPlans;
use service::{Hint, drive};
use slots::Slots;
use ticker::Ticker;

/// Longest wait for a stopping concluder to write what has ended.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(10);

/// The quickest of some answers tells most of the database's clock.
const CLOCK_QUESTIONS_AT_START: usize = 3;

/// What the services share.
pub struct Shared {
    pub store: Store,
    pub clock: Clock,
    pub lease: Lease,
    pub slots: Slots,
    pub attempts: Attempts,
    pub definitions: Definitions,
    pub concluder: Concluder,
    pub ahead: Ahead,
    pub runner: Runner,
    pub metrics: Metrics,
    pub hints: Hints,
    pub events: Arc<Events>,
    pub planner: Arc<SchedulePlanner>,
    pub run_plans: Arc<RunPlans>,
}

/// "Look again now" for each service. Losing one costs latency, never work.
#[derive(Clone, Default)]
pub struct Hints {
    pub ticker: Hint,
    pub dispatcher: Hint,
    pub advancer: Hint,
    pub releaser: Hint,
    /// Something waits for other jobs, as far as the last look knew: their ends are worth a hint.
    pub is_held: Arc<AtomicBool>,
}

/// How this node presents itself.
#[derive(Clone, Debug)]
pub struct NodeSettings {
    pub name: String,
    pub version: String,
    /// 0: a node that answers and starts nothing; see [`Engine::start`].
    pub workers: u32,
}

/// A running engine.
pub struct Engine {
    shared: Arc<Shared>,
    /// Ends the services that make new work.
    stop_taking: CancellationToken,
    /// Ends the services that keep running work alive.
    stop_keeping: CancellationToken,
    services: TaskTracker,
}

impl Engine {
    /// Registers the node and starts the services. Without workers it only answers: nothing is fired,
    /// claimed or deleted, as behooves an unconfirmed copy of another installation.
    pub async fn start(
        store: Store,
        clock: Clock,
        runner: Runner,
        metrics: Metrics,
        settings: NodeSettings,
    ) -> horarium_store::Result<Arc<Self>> {
        for _ in 0..CLOCK_QUESTIONS_AT_START {
            heart::follow_database_clock(&store, &clock).await?;
        }
        let lease = Lease::acquire(&store, &clock, &settings).await?;
        let hints = Hints::default();
        let concluder = Concluder::start(store.clone(), metrics.clone(), hints.clone());
        let run_plans = Arc::new(RunPlans::default());
        let shared = Arc::new(Shared {
            slots: Slots::new(settings.workers),
            attempts: Attempts::default(),
            definitions: Definitions::new(store.clone(), Arc::clone(&run_plans)),
            run_plans,
            planner: Arc::new(SchedulePlanner::default()),
            events: Events::new(store.clone()),
            store,
            clock,
            lease,
            concluder,
            ahead: Ahead::default(),
            runner,
            metrics,
            hints,
        });
        let engine = Arc::new(Self {
            shared,
            stop_taking: CancellationToken::new(),
            stop_keeping: CancellationToken::new(),
            services: TaskTracker::new(),
        });
        engine.start_services(settings);
        Ok(engine)
    }

    fn start_services(&self, settings: NodeSettings) {
        if settings.workers == 0 {
            self.stop_taking();
        }
        let shared = || Arc::clone(&self.shared);
        let (taking, keeping) = (&self.stop_taking, &self.stop_keeping);
        let clock = &self.shared.clock;
        let hints = &self.shared.hints;
        let spawn = &self.services;
        spawn.spawn(drive(Ticker(shared()), clock.clone(), hints.ticker.clone(), taking.clone()));
        let hint = hints.dispatcher.clone();
        spawn.spawn(drive(Dispatcher::new(shared()), clock.clone(), hint, taking.clone()));
        let advancer = advancer::Advancer(shared());
        spawn.spawn(drive(advancer, clock.clone(), hints.advancer.clone(), taking.clone()));
        let releaser = releaser::Releaser::new(shared());
        spawn.spawn(drive(releaser, clock.clone(), hints.releaser.clone(), taking.clone()));
        let rescuer = rescuer::Rescuer(shared());
        spawn.spawn(drive(rescuer, clock.clone(), Hint::default(), taking.clone()));
        let announcer = Announcer(Arc::clone(&self.shared.events));
        spawn.spawn(drive(announcer, clock.clone(), Hint::default(), keeping.clone()));
        let sweeper = sweeper::Sweeper(shared());
        spawn.spawn(drive(sweeper, clock.clone(), Hint::default(), taking.clone()));
        let heart = Heart::new(shared(), settings);
        spawn.spawn(drive(heart, clock.clone(), Hint::default(), keeping.clone()));
        let canceller = canceller::Canceller(shared());
        spawn.spawn(drive(canceller, clock.clone(), Hint::default(), keeping.clone()));
        spawn.close();
    }

    /// Begins to forget what is old. Apart from the start: who measures an engine may do without.
    pub fn start_retention(&self, settings: crate::settings::Retention) {
        let retention = retention::Retention::new(Arc::clone(&self.shared), settings);
        let (clock, stop) = (self.shared.clock.clone(), self.stop_taking.clone());
        self.services.spawn(drive(retention, clock, Hint::default(), stop));
    }

    pub fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    pub fn node(&self) -> NodeId {
        self.shared.lease.node()
    }

    /// Something that is due changed: a job was made, edited, resumed.
    pub fn wake(&self) {
        self.shared.hints.ticker.give();
        self.shared.hints.dispatcher.give();
    }

    /// Fires what `owner` has due now, so that a change of its trigger finds nothing left behind.
    pub async fn settle(&self, owner: Uuid) -> horarium_store::Result<()> {
        ticker::fire_one(&self.shared, owner).await
    }

    /// Queues an execution of `job` for now. `false`: the job is unknown or deleted.
    pub async fn enqueue(
        &self,
        id: ExecutionId,
        job: JobId,
        by: Option<String>,
        once: Option<Once>,
    ) -> horarium_store::Result<bool> {
        let shared = &self.shared;
        let room = shared.lease.is_valid().then(|| shared.slots.reserve(1)).flatten();
        let new = NewExecution {
            id,
            job,
            origin: Origin::Manual,
            now: shared.clock.now(),
            triggered_by: by,
            retry_parent: None,
            claimer: room.as_ref().map(|_| shared.lease.node()),
            once,
        };
        let shared = Arc::clone(shared);
        service::to_its_end(async move {
            let Some(enqueued) = shared.store.enqueue_one(new).await? else { return Ok(false) };
            match (enqueued.claimed, room) {
                (Some(claimed), Some(room)) => {
                    dispatcher::launch(&shared, vec![claimed], room).await;
                }
                (Some(_) | None, _) => shared.hints.dispatcher.give(),
            }
            Ok(true)
        })
        .await
    }

    /// Queues a new execution for one that ended badly. `false`: there is nothing to retry.
    pub async fn retry(
        &self,
        id: ExecutionId,
        source: ExecutionId,
        by: Option<String>,
        once: Option<Once>,
    ) -> horarium_store::Result<bool> {
        let now = self.shared.clock.now();
        let made = self.shared.store.retry(id, source, by, now, once).await?;
        self.shared.hints.dispatcher.give();
        Ok(made)
    }

    /// Cancels an execution: its row at once, its work within a second. `None`: it is not live.
    pub async fn cancel(&self, id: ExecutionId) -> horarium_store::Result<Option<Cancelled>> {
        let shared = &self.shared;
        let cancelled = shared.store.cancel(id, shared.lease.node(), shared.clock.now()).await?;
        if let Some(cancelled) = &cancelled {
            self.stop_attempts(std::slice::from_ref(cancelled));
            shared.hints.advancer.give();
        }
        Ok(cancelled)
    }

    /// Stops the work of executions whose rows are cancelled already.
    pub fn stop_attempts(&self, cancelled: &[Cancelled]) {
        for one in cancelled.iter().filter(|one| one.node.is_some()) {
            self.shared.attempts.cancel(one.id);
        }
    }

    /// Claims and fires nothing more; what runs goes on.
    pub fn stop_taking(&self) {
        self.stop_taking.cancel();
    }

    /// Stops taking work, lets running attempts end for `grace`, interrupts the rest, writes what
    /// has ended and leaves.
    pub async fn stop(&self, grace: Duration) {
        let shared = &self.shared;
        self.stop_taking();
        dispatcher::give_back_unstarted(shared).await;
        info!(n_running = shared.attempts.n_running(), "stopping: letting running attempts end");
        if tokio::time::timeout(grace, shared.attempts.all_ended()).await.is_err() {
            warn!(n_running = shared.attempts.n_running(), "stopping: interrupting attempts");
            shared.attempts.interrupt_all();
            drop(tokio::time::timeout(FLUSH_TIMEOUT, shared.attempts.all_ended()).await);
        }
        if tokio::time::timeout(FLUSH_TIMEOUT, shared.concluder.flushed()).await.is_err() {
            warn!("stopping: some ends could not be written; another node will take them over");
        }
        self.stop_keeping.cancel();
        self.services.wait().await;
        if let Err(err) = shared.store.stop_node(shared.lease.node(), shared.clock.now()).await {
            warn!(error = %err, "stopping: saying that this node has ended failed");
        }
    }
}
