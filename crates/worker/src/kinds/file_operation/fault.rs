//! Why a file, or the whole operation, was not done.

use std::{fmt::Display, io};

use rustix::io::Errno;

/// Why something was not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Setback {
    /// Nobody waits for the end any more.
    Stopped,
    /// Left as it is on purpose; not a failure.
    Skipped(String),
    Failed(Fault),
    /// The same, and there is no going on with the others.
    Ended(Fault),
}

/// A failure of one file or of all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) error: String,
    /// Whether another attempt may end differently.
    pub(super) retryable: bool,
}

impl Setback {
    /// Another attempt would meet the same.
    pub(super) fn for_good(error: impl Into<String>) -> Self {
        Self::Failed(Fault { error: error.into(), retryable: false })
    }

    pub(super) fn for_now(error: impl Into<String>) -> Self {
        Self::Failed(Fault { error: error.into(), retryable: true })
    }

    /// What a walk would pass by is a refusal where the job names it.
    pub(super) fn refusing(self) -> Self {
        match self {
            Self::Skipped(reason) => Self::for_good(reason),
            Self::Stopped | Self::Failed(_) | Self::Ended(_) => self,
        }
    }

    /// What to tell whoever asked, unless nobody waits.
    pub(super) fn into_text(self) -> Option<String> {
        match self {
            Self::Stopped => None,
            Self::Skipped(text) => Some(text),
            Self::Failed(fault) | Self::Ended(fault) => Some(fault.error),
        }
    }

    /// A failure of one file that is one of all.
    pub(super) fn ending(self) -> Self {
        match self {
            Self::Failed(fault) => Self::Ended(fault),
            Self::Stopped | Self::Skipped(_) | Self::Ended(_) => self,
        }
    }

    /// `doing` is what was attempted, on what.
    pub(super) fn io(doing: impl Display, cause: &io::Error) -> Self {
        let error = format!("{doing}: {cause}");
        Self::Failed(Fault { error, retryable: is_retryable(cause) })
    }
}

/// Full disks, used-up handles and broken mounts mend themselves; rights and shapes do not.
fn is_retryable(error: &io::Error) -> bool {
    let Some(errno) = Errno::from_io_error(error) else { return true };
    let for_good = [
        Errno::ACCESS,
        Errno::PERM,
        Errno::ROFS,
        Errno::NAMETOOLONG,
        Errno::NOTDIR,
        Errno::ISDIR,
        Errno::LOOP,
        Errno::INVAL,
        Errno::OPNOTSUPP,
        Errno::FBIG,
    ];
    !for_good.contains(&errno)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rights_and_shapes_are_not_tried_again() {
        let check = |errno: Errno, expect: bool| {
            let setback = Setback::io("moving `a`", &errno.into());
            let Setback::Failed(fault) = setback else { panic!("{setback:?}") };
            assert_eq!(fault.retryable, expect, "{}", fault.error);
        };
        check(Errno::ACCESS, false);
        check(Errno::PERM, false);
        check(Errno::ROFS, false);
        check(Errno::ISDIR, false);
        check(Errno::NOSPC, true);
        check(Errno::MFILE, true);
        check(Errno::IO, true);
        check(Errno::STALE, true);
    }
}
