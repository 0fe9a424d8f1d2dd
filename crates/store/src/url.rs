//! Where the database is: `sqlite:PATH` or `postgres://…`.

use std::{fmt, path::PathBuf, str::FromStr};

/// A parsed database URL. Its text never shows a password.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    Sqlite(PathBuf),
    Postgres(String),
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the database URL must be `sqlite:PATH` or `postgres://…`")]
pub struct UrlError;

impl FromStr for DatabaseUrl {
    type Err = UrlError;

    fn from_str(text: &str) -> Result<Self, UrlError> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres(text.to_owned()));
        }
        let path = text.strip_prefix("sqlite:").ok_or(UrlError)?;
        // sqlite:///abs/path has an empty authority; sqlite:rel and sqlite:/abs have none.
        let path = path.strip_prefix("//").unwrap_or(path);
        if path.is_empty() { Err(UrlError) } else { Ok(Self::Sqlite(path.into())) }
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(url) => {
                let (scheme, rest) = url.split_once("://").unwrap_or(("postgres", ""));
                let rest = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
                // A password may also stand in the query.
                let rest = rest.split_once('?').map_or(rest, |(rest, _)| rest);
                write!(f, "{scheme}://{rest}")
            }
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_told_apart_and_hide_passwords() {
        let check = |text: &str, shown: Option<&str>| {
            let url = text.parse::<DatabaseUrl>().ok().map(|url| url.to_string());
            assert_eq!(url.as_deref(), shown, "{text}");
        };
        check("sqlite:data/h.db", Some("sqlite:data/h.db"));
        check("sqlite:///var/h.db", Some("sqlite:/var/h.db"));
        check("postgres://u:secret@db:5432/h", Some("postgres://db:5432/h"));
        check("postgresql://u:p@w@db/h?password=secret", Some("postgresql://db/h"));
        check("mysql://db/h", None);
        check("sqlite:", None);
        check("", None);
    }
}
