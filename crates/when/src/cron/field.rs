//! One field of a cron text: from `1-5,30/15` to a bit set.
//!
//! | item      | means                                                        |
//! |-----------|--------------------------------------------------------------|
//! | `*`       | every number of the field                                    |
//! | `7` `mon` | one number, or a name in the month and day-of-week fields     |
//! | `1-5`     | a range; backwards (`22-2`) it wraps, in the Hangfire dialect |
//! | `*/15` `10-50/20` | every 15th of all, every 20th of the range            |
//! | `5/15`    | from 5 to the end, in the Hangfire dialect                    |
//! | `H` `H(0-29)` | one number that depends on the job's id                   |
//! | `H/15` `H(0-29)/10` | a step with a start that depends on the job's id    |

use crate::cron::spread::{DAY_OF_MONTH_LAST, spread};
use crate::{Dialect, Field, RuleError};

/// Items in one field's list; 60 is every minute, written out.
pub const LIST_ITEMS_MAX: usize = 60;

/// What reading a field needs besides its text.
#[derive(Clone, Copy)]
pub(crate) struct Reader {
    pub(crate) field: Field,
    pub(crate) dialect: Dialect,
    pub(crate) seed: u128,
}

/// A run of numbers, `step` apart. `last` below `first` means that it wraps.
struct Span {
    first: u8,
    last: u8,
}

impl Reader {
    /// A field without day syntax: seconds, minutes, hours, months.
    pub(crate) fn bits(self, text: &str) -> Result<u64, RuleError> {
        let mut bits = 0;
        for item in self.items(text)? {
            bits |= self.item_bits(item)?;
        }
        Ok(bits)
    }

    /// The items of a list; none is empty.
    pub(crate) fn items(self, text: &str) -> Result<Vec<&str>, RuleError> {
        let items: Vec<&str> = text.split(',').collect();
        if items.len() > LIST_ITEMS_MAX {
            let problem =
                format!("a list may have {LIST_ITEMS_MAX} items, this has {}", items.len());
            return Err(self.wrong(text, problem));
        }
        if items.contains(&"") {
            return Err(self.wrong(text, "a list item is empty"));
        }
        Ok(items)
    }

    /// One item that every field understands.
    pub(crate) fn item_bits(self, item: &str) -> Result<u64, RuleError> {
        let (base, step) = match item.split_once('/') {
            Some((base, step)) => (base, Some(self.step(item, step)?)),
            None => (item, None),
        };
        if let Some(range) = base.strip_prefix(['H', 'h'])
            && (range.is_empty() || range.starts_with('('))
        {
            return self.spread_bits(item, range, step);
        }
        let span = self.span(item, base, step.is_some())?;
        self.span_bits(item, &span, step.unwrap_or(1))
    }

    fn span(self, item: &str, base: &str, has_step: bool) -> Result<Span, RuleError> {
        if base == "*" {
            return Ok(Span { first: self.field.bounds().0, last: self.field.star_last() });
        }
        if let Some((first, last)) = base.split_once('-') {
            return self.range(item, first, last);
        }
        let first = self.number(item, base)?;
        match (has_step, self.dialect) {
            (false, _) => Ok(Span { first, last: first }),
            (true, Dialect::Hangfire) => {
                Ok(Span { first, last: self.field.star_last().max(first) })
            }
            (true, Dialect::Vixie) => {
                let range = format!("-{}/", self.field.star_last());
                let example = item.replacen('/', &range, 1);
                let problem = format!("a step needs a range or `*`: write {example}");
                Err(self.wrong(item, problem))
            }
        }
    }

    fn range(self, item: &str, first: &str, last: &str) -> Result<Span, RuleError> {
        let is_sunday_last = last.eq_ignore_ascii_case("SUN");
        let (mut first, mut last) = (self.number(item, first)?, self.number(item, last)?);
        // Sunday ends a week as 7 and begins it as 0, so SAT-SUN does not run backwards.
        if is_sunday_last && first > 0 {
            last = 7;
        }
        if self.field == Field::DayOfWeek && first == 7 && last < 7 {
            first = 0;
        }
        if first > last && self.dialect == Dialect::Vixie {
            let (min, max) = (self.field.bounds().0, self.field.star_last());
            let problem = format!(
                "the range runs backwards: write {first}-{max},{min}-{last}, or use the hangfire dialect"
            );
            return Err(self.wrong(item, problem));
        }
        Ok(Span { first, last })
    }

    fn span_bits(self, item: &str, span: &Span, step: u8) -> Result<u64, RuleError> {
        let min = self.field.bounds().0;
        let n_numbers = self.field.star_last() - min + 1;
        let wrapped = if span.last < span.first { n_numbers } else { 0 };
        let length = span.last + wrapped - span.first + 1;
        self.step_fits(item, step, length, span)?;
        let numbers = (span.first..=span.last + wrapped).step_by(usize::from(step));
        Ok(numbers.fold(0, |bits, number| bits | 1 << ((number - min) % n_numbers + min)))
    }

    /// `H`, `H(a-b)`, each with or without a step; `range` is what follows the H.
    fn spread_bits(self, item: &str, range: &str, step: Option<u8>) -> Result<u64, RuleError> {
        let Span { first, last } = self.spread_range(item, range)?;
        let length = last - first + 1;
        let Some(step) = step else {
            return Ok(1 << (first + spread(self.seed, self.field, length)));
        };
        self.step_fits(item, step, length, &Span { first, last })?;
        let start = first + spread(self.seed, self.field, step);
        Ok((start..=last).step_by(usize::from(step)).fold(0, |bits, number| bits | 1 << number))
    }

    fn spread_range(self, item: &str, range: &str) -> Result<Span, RuleError> {
        if range.is_empty() {
            let last = match self.field {
                Field::DayOfMonth => DAY_OF_MONTH_LAST,
                field => field.star_last(),
            };
            return Ok(Span { first: self.field.bounds().0, last });
        }
        let inner = range.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
        let Some((first, last)) = inner.and_then(|inner| inner.split_once('-')) else {
            return Err(self.wrong(item, "H takes a range in parentheses, such as H(0-29)"));
        };
        let (first, last) = (self.number(item, first)?, self.number(item, last)?);
        if first > last {
            return Err(self.wrong(item, "the range of H runs backwards"));
        }
        Ok(Span { first, last })
    }

    /// A step up to the size of its range: `*/60` is once an hour, `*/90` a mistake.
    fn step_fits(self, item: &str, step: u8, length: u8, span: &Span) -> Result<(), RuleError> {
        if step <= length {
            return Ok(());
        }
        let range = format!("{}-{}", span.first, span.last);
        Err(self.wrong(item, format!("step {step} is larger than the range {range}")))
    }

    fn step(self, item: &str, text: &str) -> Result<u8, RuleError> {
        match digits(text) {
            Some(0) => Err(self.wrong(item, "a step is 1 or more")),
            Some(step) => Ok(step),
            None => Err(self.wrong(item, "after `/` comes a step, a whole number")),
        }
    }

    /// A number in the field's bounds, or a name.
    pub(crate) fn number(self, item: &str, text: &str) -> Result<u8, RuleError> {
        let (min, max) = self.field.bounds();
        let names = self.field.names();
        if let Some(at) = (min..).zip(names).find(|(_, name)| name.eq_ignore_ascii_case(text)) {
            return Ok(at.0);
        }
        match digits(text) {
            Some(number) if (min..=max).contains(&number) => Ok(number),
            Some(_) => Err(self.wrong(item, format!("must be {min} to {max}"))),
            None if text.is_empty() => Err(self.wrong(item, "a number is missing")),
            None => {
                let or_name = match names {
                    [first, .., last] => {
                        format!(" or {}-{}", first.to_lowercase(), last.to_lowercase())
                    }
                    _ => String::new(),
                };
                Err(self.wrong(item, format!("`{text}` is not a number {min}-{max}{or_name}")))
            }
        }
    }

    pub(crate) fn wrong(self, text: &str, problem: impl Into<String>) -> RuleError {
        self.field.wrong(text, problem)
    }
}

/// ASCII digits only; a number above 255 reads as 255, which no field takes.
fn digits(text: &str) -> Option<u8> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().unwrap_or(u8::MAX))
}
