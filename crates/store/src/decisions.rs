//! Decisions: what was done about each due instant of an owner.

use horarium_core::{DecisionRow, ExecutionId, JobId};
use jiff::Timestamp;

use crate::{Store, error::Result, in_tx, sql::shared, triggers::read_decision, value::args};

impl Store {
    /// Decisions that touch `[from, to]`, oldest first, at most `limit`.
    pub async fn decisions(
        &self,
        owner: JobId,
        from: Timestamp,
        to: Timestamp,
        limit: u32,
    ) -> Result<Vec<(DecisionRow, Option<ExecutionId>)>> {
        self.read(move |tx| {
            in_tx(async move {
                let rows =
                    tx.rows(shared!("decisions_between"), args![owner, from, to, limit]).await?;
                rows.iter().map(read_decision).collect()
            })
        })
        .await
    }
}
