//! What `/metrics` shows: base units, no label that grows with the number of jobs.

mod moment;

use std::sync::Arc;

use horarium_core::{DecisionRow, JobType, lost::AfterLoss};
use horarium_store::{Claimed, Conclusion, ConclusionEvent};
use jiff::Timestamp;
use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{counter::Counter, family::Family, histogram::Histogram, info::Info},
    registry::Registry,
};

/// From due to started: a millisecond to an hour.
const LAG_BUCKETS: [f64; 14] =
    [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1.0, 5.0, 15.0, 60.0, 300.0, 3600.0];
const DURATION_BUCKETS: [f64; 12] =
    [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 30.0, 120.0, 600.0, 3600.0];

pub use moment::Moment;

/// The server's counters; cheap to clone.
#[derive(Clone)]
pub struct Metrics(Arc<Inner>);

struct Inner {
    registry: Registry,
    schedule_lag_seconds: Histogram,
    execution_duration_seconds: Histogram,
    executions: Family<Outcome, Counter>,
    decisions: Family<DecisionLabel, Counter>,
    retries: Counter,
    lost_attempts: Family<Loss, Counter>,
    stale_conclusions: Counter,
    retention_rows_deleted: Family<Table, Counter>,
    http_requests: Family<Answer, Counter>,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Outcome {
    outcome: &'static str,
    job_type: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct DecisionLabel {
    decision: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Loss {
    after: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Table {
    table: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Answer {
    status: u16,
}

impl Inner {
    /// A counter that is first seen at 1 has not grown, to whoever asks by how much it grew.
    fn begin_at_zero(&self) {
        for decision in ["Fired", "FiredLate", "Skipped", "Coalesced", "Missed"] {
            drop(self.decisions.get_or_create(&DecisionLabel { decision }));
        }
        for after in ["again", "held", "failed", "parked"] {
            drop(self.lost_attempts.get_or_create(&Loss { after }));
        }
        for job_type in JobType::ALL.map(JobType::name) {
            for outcome in ["succeeded", "failed"] {
                drop(self.executions.get_or_create(&Outcome { outcome, job_type }));
            }
        }
    }
}

impl Metrics {
    pub fn new(version: &str) -> Self {
        let mut registry = Registry::with_prefix("horarium");
        let schedule_lag_seconds = Histogram::new(LAG_BUCKETS);
        let execution_duration_seconds = Histogram::new(DURATION_BUCKETS);
        let inner = Inner {
            executions: Family::default(),
            decisions: Family::default(),
            retries: Counter::default(),
            lost_attempts: Family::default(),
            stale_conclusions: Counter::default(),
            retention_rows_deleted: Family::default(),
            http_requests: Family::default(),
            schedule_lag_seconds,
            execution_duration_seconds,
            registry: Registry::default(),
        };
        let build = Info::new(vec![("version".to_owned(), version.to_owned())]);
        registry.register("build", "The version that runs", build);
        registry.register(
            "schedule_lag_seconds",
            "From the instant an execution was due to its start",
            inner.schedule_lag_seconds.clone(),
        );
        registry.register(
            "execution_duration_seconds",
            "From an attempt's start to its end",
            inner.execution_duration_seconds.clone(),
        );
        registry.register("executions", "Executions that ended", inner.executions.clone());
        registry.register("decisions", "Decisions about due instants", inner.decisions.clone());
        registry.register(
            "retries",
            "Failed tries that will be tried again",
            inner.retries.clone(),
        );
        registry.register(
            "lost_attempts",
            "Attempts lost with their node",
            inner.lost_attempts.clone(),
        );
        registry.register(
            "stale_conclusions",
            "Ends that were refused because the attempt had lost its execution",
            inner.stale_conclusions.clone(),
        );
        registry.register(
            "retention_rows_deleted",
            "Rows of old history that were deleted",
            inner.retention_rows_deleted.clone(),
        );
        registry.register("http_requests", "Answered API requests", inner.http_requests.clone());
        inner.begin_at_zero();
        Self(Arc::new(Inner { registry, ..inner }))
    }

    pub fn decided(&self, row: &DecisionRow, _now: Timestamp) {
        let label = DecisionLabel { decision: row.decision.name() };
        self.0.decisions.get_or_create(&label).inc_by(row.count);
    }

    pub fn started(&self, claimed: &Claimed, at: Timestamp) {
        // A retry is late on purpose; only first starts of scheduled executions tell of lag.
        if let (Some(_), 1) = (claimed.due_at, claimed.attempt) {
            let lag = at.duration_since(claimed.eligible_at).as_secs_f64();
            self.0.schedule_lag_seconds.observe(lag.max(0.0));
        }
    }

    pub fn ended(&self, job_type: JobType, end: &Conclusion) {
        let took = end.ended_at.duration_since(end.started_at).as_secs_f64();
        self.0.execution_duration_seconds.observe(took.max(0.0));
        let outcome = match end.event {
            ConclusionEvent::Succeeded => "succeeded",
            ConclusionEvent::Failed => "failed",
            ConclusionEvent::Retried { .. } => {
                self.0.retries.inc();
                return;
            }
            ConclusionEvent::Released | ConclusionEvent::GivenBack => return,
        };
        let label = Outcome { outcome, job_type: job_type.name() };
        self.0.executions.get_or_create(&label).inc();
    }

    pub fn lost(&self, after: AfterLoss) {
        let after = match after {
            AfterLoss::Again => "again",
            AfterLoss::Held => "held",
            AfterLoss::Failed => "failed",
            AfterLoss::Parked => "parked",
        };
        self.0.lost_attempts.get_or_create(&Loss { after }).inc();
    }

    pub fn stale(&self, n: usize) {
        self.0.stale_conclusions.inc_by(n as u64);
    }

    pub fn retired(&self, table: &'static str, n: u64) {
        self.0.retention_rows_deleted.get_or_create(&Table { table }).inc_by(n);
    }

    pub fn answered(&self, status: u16) {
        self.0.http_requests.get_or_create(&Answer { status }).inc();
    }

    /// The `OpenMetrics` text, with what is only known at the moment of asking.
    pub fn text(&self, now: &Moment) -> String {
        let mut text = String::new();
        if encode(&mut text, &self.0.registry).is_err() {
            return String::new();
        }
        let end = text.strip_suffix("# EOF\n").map(str::to_owned);
        let mut text = end.unwrap_or(text);
        for gauge in now.gauges() {
            gauge.write(&mut text);
        }
        text.push_str("# EOF\n");
        text
    }
}
