//! One job as a store keeps it, in memory, and the check that every due instant is accounted for.

use horarium_core::{
    DecisionRow, Job, JobDraft, JobId, JobType, Plan, Trigger,
    job::JobDefaults,
    plan::{Due, Firing, Situation, plan},
    trigger::TriggerSpec,
};
use horarium_when::Schedule;
use jiff::Timestamp;
use uuid::Uuid;

/// Plans in a row after which a backlog must be gone.
const PLANS_MAX: usize = 5_000;

pub(crate) struct Ledger {
    pub(crate) job: Job,
    pub(crate) trigger: Trigger,
    pub(crate) rows: Vec<DecisionRow>,
    pub(crate) firings: Vec<Firing>,
    epochs: Vec<Epoch>,
}

/// The time under one schedule. An edit ends it and begins another.
struct Epoch {
    schedule: Schedule,
    /// Every instant after `from` and up to `until` has a decision; up to the cursor while it lasts.
    from: Timestamp,
    until: Option<Timestamp>,
    first_row: usize,
}

impl Ledger {
    pub(crate) fn new(draft: JobDraft, now: Timestamp) -> Self {
        let id = JobId(Uuid::from_u128(0x0198_7654_3210_7abc_8def_0123_4567_89ab));
        let draft =
            JobDraft { name: Some("a job".to_owned()), job_type: Some(JobType::HttpCall), ..draft };
        let (job, trigger) = Job::define(id, draft, &JobDefaults::default(), now).unwrap();
        let epochs = vec![Epoch::of(&trigger, 0)];
        Self { job, trigger, rows: Vec::new(), firings: Vec::new(), epochs }
    }

    pub(crate) fn schedule(&self) -> &Schedule {
        &self.epochs.last().unwrap().schedule
    }

    pub(crate) fn plan(&self, now: Timestamp, n_live: u32) -> Plan {
        plan_of(&self.trigger, self.schedule(), now, n_live)
    }

    /// What the store's fire transaction does.
    pub(crate) fn apply(&mut self, plan: &Plan) {
        if let Some(grown) = &plan.grown_tail {
            let stored = self.rows.iter_mut().rfind(|row| row.first == grown.first);
            *stored.expect("the tail is a stored row") = grown.clone();
        }
        self.rows.extend(plan.decisions.iter().cloned());
        self.firings.extend(plan.firings.iter().cloned());
        self.trigger = after(&self.trigger, plan);
    }

    pub(crate) fn look(&mut self, now: Timestamp, n_live: u32) -> Plan {
        let plan = self.plan(now, n_live);
        self.apply(&plan);
        plan
    }

    /// Looks as the ticker does: while something wants a look.
    pub(crate) fn catch_up(&mut self, now: Timestamp) {
        for _ in 0..PLANS_MAX {
            if self.trigger.wake_at.is_none_or(|wake_at| wake_at > now) {
                return;
            }
            self.look(now, 0);
        }
        panic!("the backlog is not gone after {PLANS_MAX} plans");
    }

    /// What precedes every change by a person.
    pub(crate) fn settle(&mut self, now: Timestamp) {
        self.catch_up(now);
        let (trigger, rows) = self.trigger.settled(self.schedule(), now).expect("caught up");
        self.trigger = trigger;
        self.rows.extend(rows);
    }

    pub(crate) fn amend(&mut self, draft: JobDraft, now: Timestamp) {
        self.settle(now);
        let (job, trigger) = self.job.amend(&self.trigger, draft, now).unwrap();
        if times(&trigger.spec) != times(&self.trigger.spec) {
            self.epochs.last_mut().unwrap().until = Some(self.trigger.cursor);
            self.epochs.push(Epoch::of(&trigger, self.rows.len()));
        }
        (self.job, self.trigger) = (job, trigger);
    }

    /// Every due instant up to the cursor has exactly one decision, in order.
    pub(crate) fn check(&self) -> Result<(), String> {
        let ends = self.epochs.iter().skip(1).map(|epoch| epoch.first_row);
        for (epoch, end) in self.epochs.iter().zip(ends.chain([self.rows.len()])) {
            let rows = &self.rows[epoch.first_row..end];
            let decided = walk(&epoch.schedule, epoch.from, rows)?;
            let until = epoch.until.unwrap_or(self.trigger.cursor);
            let next = epoch.schedule.next_due_after(decided);
            if next.is_some_and(|next| next <= until) {
                return Err(format!("the cursor passed {next:?}, which has no decision"));
            }
        }
        let fired: Vec<_> = self.rows.iter().filter(|row| row.decision.fires()).collect();
        let same = fired.iter().map(|row| row.first).eq(self.firings.iter().map(|f| f.due_at));
        if same { Ok(()) } else { Err("firings and fired rows differ".to_owned()) }
    }
}

impl Epoch {
    fn of(trigger: &Trigger, first_row: usize) -> Self {
        let schedule = trigger.spec.schedule(trigger.owner).unwrap();
        Self { schedule, from: trigger.cursor, until: None, first_row }
    }
}

/// Walks the rule along the rows; answers the last instant they decide.
fn walk(schedule: &Schedule, cursor: Timestamp, rows: &[DecisionRow]) -> Result<Timestamp, String> {
    let mut at = cursor;
    for row in rows {
        for n in 0..row.count {
            let due = schedule.next_due_after(at);
            if n == 0 && due != Some(row.first) {
                return Err(format!("{due:?} is due after {at}, but the row is {row:?}"));
            }
            at = due.ok_or_else(|| format!("nothing is due after {at}: {row:?}"))?;
        }
        if at != row.last || row.count == 0 {
            return Err(format!("the row does not end at {at}: {row:?}"));
        }
    }
    Ok(at)
}

fn plan_of(trigger: &Trigger, schedule: &Schedule, now: Timestamp, n_live: u32) -> Plan {
    let due = Due {
        owner: trigger.owner,
        schedule,
        policy: &trigger.spec.policy,
        standing: &trigger.standing,
        cursor: trigger.cursor,
        tail: trigger.tail.as_ref(),
    };
    plan(&due, Situation { now, n_live })
}

/// The trigger as the plan leaves it.
fn after(trigger: &Trigger, plan: &Plan) -> Trigger {
    Trigger {
        owner: trigger.owner,
        spec: trigger.spec.clone(),
        standing: plan.standing.clone(),
        cursor: plan.cursor,
        wake_at: plan.wake_at,
        next_run_at: plan.next_run_at,
        tail: plan.tail.clone(),
    }
}

fn times(spec: &TriggerSpec) -> TriggerSpec {
    TriggerSpec { policy: horarium_core::FiringPolicy::default(), ..spec.clone() }
}
