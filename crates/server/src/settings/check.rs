//! What no single setting's type can say: bounds, and settings that need each other.

use std::fmt;

use super::{Setting, Settings};

/// RFC 7518 §3.2: an HS256 key is no shorter than the hash.
pub const JWT_SECRET_BYTES_MIN: usize = 32;

/// A setting that cannot be used as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingError {
    /// `jobs.default_retries`
    pub key: &'static str,
    pub problem: String,
}

impl fmt::Display for SettingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.key, self.problem)
    }
}

impl std::error::Error for SettingError {}

impl Settings {
    /// # Errors
    ///
    /// Everything that is wrong, not only the first.
    pub fn check(&self) -> Result<(), Vec<SettingError>> {
        let mut errors = self.out_of_bounds();
        let mut refuse = |key, problem: &str| {
            errors.push(SettingError { key, problem: problem.to_owned() });
        };
        if !self.listen.ip().is_loopback() && !self.behind_tls_proxy {
            refuse(
                "listen",
                "passwords would cross the network in clear text; listen on 127.0.0.1, or set \
                 behind_tls_proxy when a proxy in front ends TLS",
            );
        }
        // That it is no pattern and not published is looked at where it is used.
        let n_bytes = self.auth.jwt_secret.as_ref().map(|secret| secret.expose().len());
        if let Some(n_bytes) = n_bytes.filter(|n_bytes| *n_bytes < JWT_SECRET_BYTES_MIN) {
            let problem = format!("has {n_bytes} bytes, needs {JWT_SECRET_BYTES_MIN}");
            refuse("auth.jwt_secret", &problem);
        }
        for (key, text) in
            [("auth.issuer", &self.auth.issuer), ("auth.audience", &self.auth.audience)]
        {
            if text.trim().is_empty() {
                refuse(key, "must not be empty");
            }
        }
        let command = self.encryption.key_command.as_ref();
        if command.is_some_and(|path| !path.is_absolute()) {
            refuse("encryption.key_command", "must be an absolute path");
        }
        if command.is_some() && self.encryption.key.is_some() {
            refuse("encryption.key_command", "stands beside encryption.key; give one of them");
        }
        if self.bootstrap.admin_email.is_some() != self.bootstrap.admin_password.is_some() {
            refuse("bootstrap.admin_email", "needs bootstrap.admin_password, and the reverse");
        }
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }

    fn out_of_bounds(&self) -> Vec<SettingError> {
        let mut numbers = Vec::new();
        self.add_numbers(&mut numbers);
        numbers.into_iter().filter_map(|(row, number)| out_of_bounds(row, number)).collect()
    }
}

fn out_of_bounds(row: &Setting, number: u64) -> Option<SettingError> {
    let (least, greatest) = row.bounds?;
    let outside = !(least..=greatest).contains(&number);
    outside.then(|| SettingError {
        key: row.key,
        problem: format!("{number} is not between {least} and {greatest}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Secret;

    #[test]
    fn defaults_are_good() {
        assert_eq!(Settings::default().check(), Ok(()));
    }

    #[test]
    fn each_rule_names_its_setting() {
        let check = |spoil: fn(&mut Settings), shown: &str| {
            let mut settings = Settings::default();
            spoil(&mut settings);
            let shown_now = match settings.check() {
                Ok(()) => String::new(),
                Err(errors) => {
                    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
                }
            };
            assert!(shown_now.starts_with(shown), "{shown_now:?} instead of {shown:?}");
            assert_eq!(shown_now.is_empty(), shown.is_empty(), "{shown_now:?}");
        };
        check(|s| s.workers = 0, "workers: 0 is not between 1 and 4096");
        check(|s| s.workers = 4096, "");
        check(|s| s.workers = 4097, "workers: 4097 is not between 1 and 4096");
        check(|s| s.jobs.default_timeout_seconds = 0, "jobs.default_timeout_seconds: 0 is not");
        check(|s| s.api.body_bytes_max = 100 << 20, "api.body_bytes_max: 104857600 is not between");
        check(|s| s.listen = ([0, 0, 0, 0], 80).into(), "listen: passwords would cross");
        check(|s| s.listen = "[::1]:80".parse().unwrap(), "");
        check(
            |s| {
                s.listen = ([0, 0, 0, 0], 80).into();
                s.behind_tls_proxy = true;
            },
            "",
        );
        check(
            |s| s.auth.jwt_secret = Some(Secret::new("short")),
            "auth.jwt_secret: has 5 bytes, needs 32",
        );
        check(|s| s.auth.jwt_secret = Some(Secret::new("0123456789abcdef0123456789abcdef")), "");
        check(|s| s.auth.issuer.clear(), "auth.issuer: must not be empty");
        check(
            |s| s.bootstrap.admin_email = Some("a@example.com".to_owned()),
            "bootstrap.admin_email: needs bootstrap.admin_password",
        );
        check(
            |s| s.encryption.key_command = Some("print-key".into()),
            "encryption.key_command: must be an absolute path",
        );
        check(
            |s| {
                s.encryption.key_command = Some("/bin/print-key".into());
                s.encryption.key = Some(Secret::new("k"));
            },
            "encryption.key_command: stands beside encryption.key",
        );
    }

    #[test]
    fn all_that_is_wrong_is_said_at_once() {
        let mut settings = Settings { workers: 0, ..Settings::default() };
        settings.postgres.connections_max = 0;
        settings.auth.issuer.clear();
        assert_eq!(settings.check().unwrap_err().len(), 3);
    }
}
