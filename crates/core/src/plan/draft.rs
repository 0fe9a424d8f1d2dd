//! A plan in the making.

use jiff::{SignedDuration, Timestamp};

use super::{
    Decision, DecisionRow, Due, Firing, INSTANTS_MAX, LATE_AFTER, MissReason, Plan, QUEUED_MAX,
    SKIP_GRACE, Situation, SkipReason,
    backlog::{Backlog, misfire},
    jitter::eligible_at,
    next_looks,
};
use crate::{
    settle::settle_paused,
    trigger::{MisfirePolicy, OverlapPolicy, Standing, just_before},
};

pub(super) struct Draft<'a> {
    due: &'a Due<'a>,
    now: Timestamp,
    n_live: u32,
    standing: Standing,
    cursor: Timestamp,
    rows: Vec<DecisionRow>,
    firings: Vec<Firing>,
    cancel_live: bool,
}

impl<'a> Draft<'a> {
    pub(super) fn new(due: &'a Due<'a>, situation: Situation) -> Self {
        Self {
            due,
            now: situation.now,
            n_live: situation.n_live,
            standing: due.standing.clone(),
            cursor: due.cursor,
            rows: Vec::new(),
            firings: Vec::new(),
            cancel_live: false,
        }
    }

    /// False when the trigger stays silent: disabled, done, or paused beyond `now`.
    ///
    /// A pause until 06:00 is over at 06:00: what is due then fires.
    pub(super) fn resume_if_time_has_come(&mut self) -> bool {
        match self.standing {
            Standing::Enabled => true,
            Standing::Paused { until: Some(until), .. } if until <= self.now => {
                let last = just_before(until);
                self.rows.extend(settle_paused(self.due.schedule, self.cursor, last));
                self.cursor = self.cursor.max(last);
                self.standing = Standing::Enabled;
                true
            }
            Standing::Paused { .. } | Standing::Disabled | Standing::Completed => false,
        }
    }

    pub(super) fn decide_instants(&mut self) {
        let backlog = Backlog::of(self.due, self.cursor, self.now);
        for _ in 0..INSTANTS_MAX {
            match self.due.schedule.next_due_after(self.cursor) {
                Some(next) if next <= self.now => self.cursor = next,
                Some(_) | None => break,
            }
            let decision = self.decide(self.cursor, &backlog);
            self.record(self.cursor, decision);
        }
    }

    fn decide(&mut self, at: Timestamp, backlog: &Backlog) -> Decision {
        let schedule = self.due.schedule;
        if let Some(exclusion) = schedule.exclusions.rejects(at, schedule.rule.zone()) {
            return Decision::Skipped(SkipReason::Excluded(exclusion.to_string()));
        }
        let lateness = self.now.duration_since(at);
        let too_late = self.due.policy.max_lateness_seconds;
        if too_late.is_some_and(|max| lateness > SignedDuration::from_secs(i64::from(max))) {
            return Decision::Missed(MissReason::TooLate);
        }
        let later = backlog.latest.filter(|latest| at < *latest);
        match (misfire(self.due), later) {
            (MisfirePolicy::Latest, Some(into)) => return Decision::Coalesced { into },
            (MisfirePolicy::All, _) if at < backlog.catch_up_from => {
                return Decision::Missed(MissReason::CatchUpLimit);
            }
            (MisfirePolicy::Skip, later) if later.is_some() || lateness > SKIP_GRACE => {
                return Decision::Missed(MissReason::Late);
            }
            (MisfirePolicy::Latest | MisfirePolicy::All | MisfirePolicy::Skip, _) => {}
        }
        match self.overlap() {
            Some(reason) => Decision::Skipped(reason),
            None if lateness > LATE_AFTER => Decision::FiredLate,
            None => Decision::Fired,
        }
    }

    /// Why the overlap policy forbids one more execution now; counts it when it does not.
    fn overlap(&mut self) -> Option<SkipReason> {
        match self.due.policy.overlap {
            OverlapPolicy::Skip if self.n_live > 0 => return Some(SkipReason::Overlap),
            OverlapPolicy::Queue if self.n_live > QUEUED_MAX => return Some(SkipReason::QueueFull),
            OverlapPolicy::CancelRunning => self.cancel_live = self.n_live > 0,
            OverlapPolicy::Allow | OverlapPolicy::Skip | OverlapPolicy::Queue => {}
        }
        self.n_live = self.n_live.saturating_add(1);
        None
    }

    fn record(&mut self, at: Timestamp, decision: Decision) {
        if decision.fires() {
            let eligible_at = eligible_at(self.due.owner, at, self.due.policy.jitter_seconds);
            self.firings.push(Firing { due_at: at, eligible_at });
        } else if let Some(row) = self.rows.last_mut().filter(|row| row.decision == decision) {
            row.last = at;
            row.count += 1;
            return;
        }
        self.rows.push(DecisionRow::one(at, decision));
    }

    /// The plan of a trigger that stays silent.
    pub(super) fn sleep(self) -> Plan {
        let wake_at = match self.standing {
            Standing::Paused { until, .. } => until,
            Standing::Enabled | Standing::Disabled | Standing::Completed => None,
        };
        self.into_plan(None, wake_at, None)
    }

    pub(super) fn finish(mut self) -> Plan {
        let (next_run_at, wake_at) = next_looks(self.due.schedule, self.cursor);
        if wake_at.is_none() {
            self.standing = Standing::Completed;
        }
        let grown_tail = self.grow_tail();
        self.into_plan(next_run_at, wake_at, grown_tail)
    }

    fn into_plan(
        self,
        next_run_at: Option<Timestamp>,
        wake_at: Option<Timestamp>,
        grown_tail: Option<DecisionRow>,
    ) -> Plan {
        let newest = self.rows.last().or(grown_tail.as_ref()).or(self.due.tail);
        let tail = newest.filter(|row| row.may_grow()).cloned();
        Plan {
            grown_tail,
            decisions: self.rows,
            firings: self.firings,
            cancel_live: self.cancel_live,
            standing: self.standing,
            cursor: self.cursor,
            wake_at,
            next_run_at,
            tail,
        }
    }

    /// Merges the first new row into the stored tail when both say the same.
    fn grow_tail(&mut self) -> Option<DecisionRow> {
        let tail = self.due.tail.filter(|tail| tail.may_grow())?;
        let first = self.rows.first().filter(|first| first.decision == tail.decision)?;
        let grown = DecisionRow {
            last: first.last,
            count: tail.count.saturating_add(first.count),
            ..tail.clone()
        };
        self.rows.remove(0);
        Some(grown)
    }
}
