//! The password in a step's `sqlConnectionString` is never shown; JIM gives it to every reader.
//!
//! | stored                              | shown                          |
//! |-------------------------------------|--------------------------------|
//! | `reports`                           | `reports`                      |
//! | `Server=db;User=a;Password=x;`      | `Server=db;User=a;Password=***;` |
//! | `postgres://a:x@db/reports`         | `postgres://a:***@db/reports`  |
//!
//! Sent back as shown, it is the stored one.

use horarium_api::configuration::MASK;
use horarium_core::schedule::{Step, StepDraft};

const PASSWORD_KEYS: [&str; 2] = ["password", "pwd"];

/// The text without its password.
pub(super) fn shown(text: &str) -> String {
    match text.split_once("://") {
        Some((scheme, rest)) => format!("{scheme}://{}", shown_authority(rest)),
        None => text.split(';').map(shown_pair).collect::<Vec<_>>().join(";"),
    }
}

/// A password may hold an `@` or a `/` that nobody encoded: everything up to the last `@` is it.
fn shown_authority(rest: &str) -> String {
    match rest.rsplit_once('@') {
        Some((user, host)) => {
            let name = user.split_once(':').map(|(name, _)| format!("{name}:{MASK}"));
            format!("{}@{host}", name.as_deref().unwrap_or(user))
        }
        None => rest.to_owned(),
    }
}

fn shown_pair(pair: &str) -> String {
    let is_password = |key: &str| PASSWORD_KEYS.contains(&key.trim().to_ascii_lowercase().as_str());
    match pair.split_once('=') {
        Some((key, _)) if is_password(key) => format!("{key}={MASK}"),
        Some(_) | None => pair.to_owned(),
    }
}

/// Puts the stored texts where a client sent back what it was shown.
pub(super) fn keep_stored(steps: &mut [StepDraft], stored: &[Step]) {
    for step in steps {
        let present = stored.iter().find(|present| Some(present.id) == step.id);
        // Remove-JIMScheduleStep sends steps back without their ids.
        let candidates = present.into_iter().chain(stored);
        let mut texts =
            candidates.filter_map(|present| present.fields.sql_connection_string.as_ref());
        if let Some(sent) = &step.fields.sql_connection_string
            && let Some(kept) = texts.find(|text| shown(text) == *sent)
        {
            step.fields.sql_connection_string = Some(kept.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use horarium_core::schedule_step::StepFields;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn the_password_is_not_shown() {
        let check = |text: &str, expect: &str| assert_eq!(shown(text), expect);
        check("reports", "reports");
        check("Server=db;User=a;Password=x;", "Server=db;User=a;Password=***;");
        check("server=db; PWD = x=y ", "server=db; PWD =***");
        check("postgres://a:x@db/reports", "postgres://a:***@db/reports");
        check("postgres://a:x@y/z@db/reports?a=b", "postgres://a:***@db/reports?a=b");
        check("postgres://a@db/reports", "postgres://a@db/reports");
        check("mysql://db/reports", "mysql://db/reports");
    }

    #[test]
    fn what_was_shown_and_comes_back_is_what_is_stored() {
        let fields = |text: &str| StepFields {
            sql_connection_string: Some(text.to_owned()),
            ..StepFields::default()
        };
        let step = |id: u128, text| Step { id: Uuid::from_u128(id), fields: fields(text) };
        let stored = [step(1, "postgres://a:x@db"), step(2, "postgres://a:y@db")];
        let check = |id: Option<u128>, sent: &str, expect: &str| {
            let mut steps = [StepDraft { id: id.map(Uuid::from_u128), fields: fields(sent) }];
            keep_stored(&mut steps, &stored);
            assert_eq!(steps[0].fields.sql_connection_string.as_deref(), Some(expect), "{sent}");
        };
        check(Some(2), "postgres://a:***@db", "postgres://a:y@db");
        check(None, "postgres://a:***@db", "postgres://a:x@db");
        check(Some(2), "postgres://a:new@db", "postgres://a:new@db");
        check(Some(2), "postgres://b:***@db", "postgres://b:***@db");
    }
}
