//! What is true when `/metrics` is asked.

use horarium_store::{JobCounts, QueueFigures};
use jiff::Timestamp;

/// Gauges that are read, not counted.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    pub now: Timestamp,
    pub n_running: usize,
    pub n_workers: u32,
    pub n_listeners: usize,
    pub skew_seconds: f64,
    /// `None` while the database does not answer.
    pub stored: Option<(QueueFigures, JobCounts)>,
}

/// One metric with its samples.
pub(super) struct Gauge {
    name: &'static str,
    help: &'static str,
    /// A label with its braces, or nothing; and the value.
    samples: Vec<(&'static str, f64)>,
}

impl Moment {
    pub(super) fn gauges(&self) -> Vec<Gauge> {
        let one = |name, help, value| Gauge { name, help, samples: vec![("", value)] };
        let n_running = count(self.n_running as u64);
        let n_listeners = count(self.n_listeners as u64);
        let mut gauges = vec![
            one("executions_running", "Attempts this node runs", n_running),
            one("workers", "Attempts this node may run at once", f64::from(self.n_workers)),
            one("event_listeners", "Streams of events this node serves", n_listeners),
            one(
                "clock_skew_seconds",
                "The database's clock minus this machine's",
                self.skew_seconds,
            ),
        ];
        if let Some((queue, jobs)) = &self.stored {
            gauges.extend(self.of_queue(queue));
            gauges.push(of_jobs(jobs));
        }
        gauges
    }

    fn of_queue(&self, queue: &QueueFigures) -> [Gauge; 4] {
        let age = |since: Option<Timestamp>| {
            since.map_or(0.0, |since| self.now.duration_since(since).as_secs_f64().max(0.0))
        };
        let depth = Gauge {
            name: "queue_depth",
            help: "Executions that wait, on all nodes, by what for; counted up to 100000 each",
            samples: vec![
                ("{waits_for=\"worker\"}", count(queue.n_ready)),
                ("{waits_for=\"time\"}", count(queue.n_later)),
                ("{waits_for=\"limit\"}", count(queue.n_limited)),
                ("{waits_for=\"dependencies\"}", count(queue.n_dependent)),
            ],
        };
        let one = |name, help, value| Gauge { name, help, samples: vec![("", value)] };
        [
            depth,
            one(
                "queue_wait_seconds",
                "How long the execution has waited that waits longest for a worker",
                age(queue.ready_since),
            ),
            one("triggers_overdue", "Triggers that are due now", count(queue.n_due)),
            one(
                "trigger_overdue_seconds",
                "How long the trigger has been due that has been so longest",
                age(queue.due_since),
            ),
        ]
    }
}

fn of_jobs(jobs: &JobCounts) -> Gauge {
    Gauge {
        name: "jobs",
        help: "Jobs, by status; a failing one is counted under its own status too",
        samples: vec![
            ("{status=\"Enabled\"}", count(jobs.n_enabled)),
            ("{status=\"Paused\"}", count(jobs.n_paused)),
            ("{status=\"Completed\"}", count(jobs.n_completed)),
            ("{status=\"Failing\"}", count(jobs.n_failing)),
        ],
    }
}

impl Gauge {
    pub(super) fn write(&self, text: &mut String) {
        let Self { name, help, samples } = self;
        let mut lines = vec![
            format!("# HELP horarium_{name} {help}."),
            format!("# TYPE horarium_{name} gauge"),
        ];
        lines
            .extend(samples.iter().map(|(label, value)| format!("horarium_{name}{label} {value}")));
        for line in lines {
            text.push_str(&line);
            text.push('\n');
        }
    }
}

fn count(n: u64) -> f64 {
    f64::from(u32::try_from(n).unwrap_or(u32::MAX))
}
