//! A store with one trigger in memory, good or broken in one way.

use horarium_core::Plan;
use jiff::Timestamp;

use crate::ledger::Ledger;

/// How the store behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Store {
    /// Reading, deciding and writing are one transaction: a trigger that somebody moved is read again.
    Good,
    /// A crash in the middle keeps the cursor but not the rows.
    LosesDecisions,
    /// A crash in the middle keeps the rows but not the cursor, and no key refuses the second copy.
    KeepsOldCursor,
    /// Writes a plan even when another node moved the trigger since it was read, and ignores the key.
    TrustsStaleReads,
    /// Takes each node's clock for the time.
    BelievesEveryClock,
}

/// What one node read before it planned.
pub(crate) struct Read {
    pub(crate) cursor: Timestamp,
    pub(crate) plan: Plan,
}

impl Store {
    /// Writes what a node planned.
    pub(crate) fn commit(self, ledger: &mut Ledger, read: &Read) {
        if self != Self::TrustsStaleReads && ledger.trigger.cursor != read.cursor {
            return;
        }
        let grows_what_is_gone = read
            .plan
            .grown_tail
            .as_ref()
            .is_some_and(|grown| !ledger.rows.iter().any(|row| row.first == grown.first));
        if !grows_what_is_gone {
            ledger.apply(&read.plan);
        }
    }

    /// What is left when a node dies while its transaction is under way.
    pub(crate) fn crash(self, ledger: &mut Ledger, read: &Read) {
        if ledger.trigger.cursor != read.cursor {
            return;
        }
        let (rows, firings) = (ledger.rows.clone(), ledger.firings.clone());
        let trigger = ledger.trigger.clone();
        match self {
            Self::Good | Self::TrustsStaleReads | Self::BelievesEveryClock => {}
            Self::LosesDecisions => {
                ledger.apply(&read.plan);
                (ledger.rows, ledger.firings) = (rows, firings);
            }
            Self::KeepsOldCursor => {
                ledger.apply(&read.plan);
                ledger.trigger = trigger;
            }
        }
    }
}
