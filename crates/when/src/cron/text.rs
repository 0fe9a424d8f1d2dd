//! A cron text taken apart into its six fields.

use crate::RuleError;

/// Longest cron text, in characters.
pub const CRON_TEXT_MAX: usize = 256;

/// The six fields, seconds first, of a text with five or six, or of a nickname.
pub(crate) fn fields(text: &str) -> Result<Vec<&str>, RuleError> {
    let n_chars = text.chars().count();
    if n_chars > CRON_TEXT_MAX {
        return Err(RuleError::TooLong { n_chars });
    }
    let text = text.trim_ascii();
    if text.starts_with('@') {
        return Ok(nickname(text)?.split(' ').collect());
    }
    let is_zone = |prefix: &str| text.starts_with(prefix);
    if is_zone("TZ=") || is_zone("CRON_TZ=") {
        return Err(RuleError::ZoneInText);
    }
    let mut fields: Vec<&str> = text.split_ascii_whitespace().collect();
    match fields.len() {
        0 => Err(RuleError::Empty),
        5 => {
            fields.insert(0, "0");
            Ok(fields)
        }
        6 => Ok(fields),
        n_fields => Err(RuleError::FieldCount { n_fields }),
    }
}

fn nickname(text: &str) -> Result<&'static str, RuleError> {
    let refuse = |hint| Err(RuleError::Nickname { text: text.to_owned(), hint });
    let lower = text.to_ascii_lowercase();
    match lower.split_ascii_whitespace().next().unwrap_or("") {
        "@every" => refuse("a cron text cannot say this; use an interval with a period in seconds"),
        "@reboot" => refuse("a scheduler has no boot to wait for; trigger the job instead"),
        _ => match lower.as_str() {
            "@hourly" => Ok("0 0 * * * *"),
            "@daily" | "@midnight" => Ok("0 0 0 * * *"),
            "@weekly" => Ok("0 0 0 * * 0"),
            "@monthly" => Ok("0 0 0 1 * *"),
            "@yearly" | "@annually" => Ok("0 0 0 1 1 *"),
            _ => refuse(
                "known are @hourly, @daily, @midnight, @weekly, @monthly, @yearly and @annually",
            ),
        },
    }
}
