//! What goes on of an attempt after its work was dropped, and is waited for.

use std::sync::OnceLock;

use crate::sandbox::Left;

/// The processes of one attempt, if it has any.
#[derive(Debug, Default)]
pub(crate) struct Aftermath(OnceLock<Left>);

impl Aftermath {
    /// The attempt is over only when these are gone.
    pub(crate) fn await_left(&self, left: Left) {
        self.0.get_or_init(|| left);
    }

    /// Returns when nothing is left, or the wait for it is over.
    pub(super) async fn over(self) {
        if let Some(left) = self.0.into_inner()
            && !left.gone().await
        {
            tracing::error!("processes of an attempt are still there although they were killed");
        }
    }
}
