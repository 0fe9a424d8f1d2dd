//! When a job was due and what was done about it, and when it will be due: one list over the past
//! that is decided, the past that is not written yet, and the future.

use horarium_api::{
    enums::Decision as DecisionWord,
    occurrences::{OccurrenceDto, OccurrencePage, OccurrenceQuery},
};
use horarium_core::{
    Decision, DecisionRow, ExecutionId, JobId, Standing, Trigger,
    plan::SkipReason,
    settle::{settle_disabled, settle_paused},
    trigger::just_before,
};
use horarium_when::Schedule;
use jiff::{SignedDuration, Timestamp};

use super::{JobFault, Jobs, words};

/// Decision rows read at once.
const ROWS_PER_READ: u32 = 1_000;
/// Rows looked at for one answer: a filter may let few of them pass.
const ROWS_SCANNED_MAX: usize = 10_000;

impl Jobs {
    /// Oldest first, from now on unless the query says from when.
    pub async fn occurrences(
        &self,
        id: JobId,
        query: OccurrenceQuery,
    ) -> Result<OccurrencePage, JobFault> {
        let view = self.view(id).await?;
        let now = self.clock.now();
        let from = query.from_date.unwrap_or(now);
        let mut page = Page {
            from: query.after.map_or(from, |after| from.max(just_after(after))),
            to: query.to_date.unwrap_or(Timestamp::MAX),
            decision: query.decision,
            limit: query.limit as usize,
            n_scanned: 0,
            items: Vec::new(),
            next: None,
        };
        self.add_decided(id, &view.trigger, &mut page).await?;
        if let Ok(schedule) = view.trigger.spec.schedule(id.0) {
            page.add_undecided(&view.trigger, &schedule, now);
            page.add_coming(&view.trigger, &schedule, now);
        }
        Ok(OccurrencePage { items: page.items, next: page.next })
    }

    async fn add_decided(
        &self,
        id: JobId,
        trigger: &Trigger,
        page: &mut Page,
    ) -> Result<(), JobFault> {
        let through = page.to.min(trigger.cursor);
        while page.has_room() && page.from <= through {
            let from = page.from;
            let rows = self.store.decisions(id, from, through, ROWS_PER_READ).await?;
            let n_rows = rows.len();
            for (row, execution) in rows {
                if !page.add(decided(&row, execution), row.last) {
                    return Ok(());
                }
            }
            if n_rows < ROWS_PER_READ as usize {
                return Ok(());
            }
        }
        Ok(())
    }
}

/// An answer being filled.
struct Page {
    /// Everything before this instant is in the answer, or not wanted.
    from: Timestamp,
    to: Timestamp,
    decision: Option<DecisionWord>,
    limit: usize,
    n_scanned: usize,
    items: Vec<OccurrenceDto>,
    next: Option<Timestamp>,
}

impl Page {
    fn has_room(&self) -> bool {
        self.next.is_none()
    }

    /// Takes the next one, which stands for everything through `last`. False: there is no room for
    /// it, and the answer says where to go on.
    fn add(&mut self, item: OccurrenceDto, last: Timestamp) -> bool {
        if self.items.len() == self.limit || self.n_scanned == ROWS_SCANNED_MAX {
            self.next = Some(just_before(self.from));
            return false;
        }
        self.n_scanned += 1;
        self.from = just_after(last);
        if self.decision.is_none() || self.decision == item.decision {
            self.items.push(item);
        }
        true
    }

    /// What passed since the cursor: silent on purpose, or about to be decided.
    fn add_undecided(&mut self, trigger: &Trigger, schedule: &Schedule, now: Timestamp) {
        let after = trigger.cursor.max(just_before(self.from));
        let through = now.min(self.to);
        if !self.has_room() || through <= after {
            return;
        }
        let row = match &trigger.standing {
            Standing::Paused { .. } => settle_paused(schedule, after, through),
            Standing::Disabled => settle_disabled(schedule, after, through),
            Standing::Enabled => return self.add_excluded(schedule, after, through),
            Standing::Completed => None,
        };
        if let Some(row) = row {
            self.add(decided(&row, None), row.last);
        }
    }

    /// Excluded instants that the ticker has not accounted for yet, neighbours of one reason in one
    /// row; between them those that it is about to fire.
    fn add_excluded(&mut self, schedule: &Schedule, after: Timestamp, through: Timestamp) {
        let mut run: Option<DecisionRow> = None;
        let mut at = after;
        for _ in 0..ROWS_SCANNED_MAX {
            let Some(due) = schedule.next_due_after(at).filter(|due| *due <= through) else {
                break;
            };
            at = due;
            let exclusion = schedule.exclusions.rejects(due, schedule.rule.zone());
            let decision =
                exclusion.map(|rule| Decision::Skipped(SkipReason::Excluded(rule.to_string())));
            if let (Some(run), Some(decision)) = (&mut run, &decision)
                && run.decision == *decision
            {
                run.last = due;
                run.count += 1;
                continue;
            }
            if !self.add_run(run.take()) {
                return;
            }
            match decision {
                Some(decision) => run = Some(DecisionRow::one(due, decision)),
                None if !self.add(coming(due, None), due) => return,
                None => {}
            }
        }
        self.add_run(run);
    }

    fn add_run(&mut self, run: Option<DecisionRow>) -> bool {
        run.is_none_or(|row| self.add(decided(&row, None), row.last))
    }

    /// What is still to come, with what will keep it from firing.
    fn add_coming(&mut self, trigger: &Trigger, schedule: &Schedule, now: Timestamp) {
        // A decision is wanted, and nothing to come has one.
        if self.decision.is_some() || trigger.standing == Standing::Completed {
            return;
        }
        let mut at = now.max(trigger.cursor).max(just_before(self.from));
        while self.has_room() {
            let Some(due) = schedule.next_due_after(at).filter(|due| *due <= self.to) else {
                return;
            };
            at = due;
            let excluded = || schedule.exclusions.rejects(due, schedule.rule.zone());
            let silent = silence(&trigger.standing, due);
            let reason = silent.map(str::to_owned).or_else(|| Some(excluded()?.to_string()));
            self.add(coming(due, reason), due);
        }
    }
}

/// Why a trigger of this standing will not fire at `due`, as things stand.
fn silence(standing: &Standing, due: Timestamp) -> Option<&'static str> {
    match standing {
        Standing::Paused { until: Some(until), .. } if *until < due => None,
        Standing::Paused { .. } => Some("paused"),
        Standing::Disabled => Some("disabled"),
        Standing::Enabled | Standing::Completed => None,
    }
}

fn decided(row: &DecisionRow, execution: Option<ExecutionId>) -> OccurrenceDto {
    let coalesced_into = match row.decision {
        Decision::Coalesced { into } => Some(into),
        Decision::Fired | Decision::FiredLate | Decision::Skipped(_) | Decision::Missed(_) => None,
    };
    OccurrenceDto {
        due_at: row.first,
        decision: Some(words::write_decision(&row.decision)),
        reason: row.decision.reason(),
        execution_id: execution.map(|id| id.0),
        coalesced_into,
        due_until: (row.last != row.first).then_some(row.last),
        count: row.count,
    }
}

fn coming(due_at: Timestamp, reason: Option<String>) -> OccurrenceDto {
    OccurrenceDto {
        due_at,
        decision: None,
        reason,
        execution_id: None,
        coalesced_into: None,
        due_until: None,
        count: 1,
    }
}

fn just_after(at: Timestamp) -> Timestamp {
    at.checked_add(SignedDuration::from_micros(1)).unwrap_or(at)
}
