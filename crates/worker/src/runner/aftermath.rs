//! What goes on of an attempt after its work was dropped, and is waited for.

use std::{
    fmt,
    pin::Pin,
    sync::{Mutex, OnceLock, PoisonError},
    time::Duration,
};

use crate::{assignment::Ending, sandbox::Left};

/// Longest goodbye.
const GOODBYE_LIMIT: Duration = Duration::from_secs(5);

type Goodbye = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The processes of one attempt, if it has any, and what it has to say when it is told to end.
#[derive(Default)]
pub(crate) struct Aftermath {
    left: OnceLock<Left>,
    goodbye: Mutex<Option<Goodbye>>,
}

impl fmt::Debug for Aftermath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Aftermath").field("left", &self.left).finish_non_exhaustive()
    }
}

impl Aftermath {
    /// The attempt is over only when these are gone.
    pub(crate) fn await_left(&self, left: Left) {
        self.left.get_or_init(|| left);
    }

    /// Done when the attempt is cancelled or takes too long; not when it ends by itself, and not when its
    /// node stops, for then another node goes on with it.
    pub(crate) fn say_goodbye(&self, goodbye: impl Future<Output = ()> + Send + 'static) {
        let mut said = self.goodbye.lock().unwrap_or_else(PoisonError::into_inner);
        *said = Some(Box::pin(goodbye));
    }

    /// Returns when nothing is left, or the wait for it is over.
    pub(super) async fn over(self, ending: &Ending) {
        if let Some(left) = self.left.into_inner()
            && !left.gone().await
        {
            tracing::error!("processes of an attempt are still there although they were killed");
        }
        let goodbye = self.goodbye.into_inner().unwrap_or_else(PoisonError::into_inner);
        let is_told = matches!(ending, Ending::Cancelled | Ending::TimedOut { .. });
        if let Some(goodbye) = goodbye.filter(|_| is_told)
            && tokio::time::timeout(GOODBYE_LIMIT, goodbye).await.is_err()
        {
            tracing::warn!("what an attempt had to say at its end took too long");
        }
    }
}
