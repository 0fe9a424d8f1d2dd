//! Whom a database server runs as when we are root, which it would refuse.

use std::process::Command;

use crate::child;

#[derive(Clone, Copy)]
pub(crate) struct ServerUser {
    pub(crate) uid: u32,
    pub(crate) gid: u32,
}

impl ServerUser {
    /// The user `name` of this machine. `None`: the server runs as ourselves.
    pub(crate) fn needed(name: &str, missing: &str) -> Option<Self> {
        let id = |option: &str| {
            let text = child::text_of(Command::new("id").args([option, name]));
            text.ok().and_then(|text| text.trim().parse().ok()).unwrap_or_else(|| {
                panic!("no user `{name}` to run the server as, as root must: {missing}")
            })
        };
        rustix::process::geteuid().is_root().then(|| Self { uid: id("-u"), gid: id("-g") })
    }
}
