//! What a procedure takes, and which one of several is meant.

use std::fmt;

use serde_json::{Map, Value};

use super::value::Shape;

/// Listed in an error.
const OVERLOADS_LISTED_MAX: usize = 5;

/// A procedure or function of a catalogue.
#[derive(Clone, Debug)]
pub(super) struct Routine {
    pub(super) schema: String,
    pub(super) name: String,
    pub(super) kind: RoutineKind,
    /// In the catalogue's order, with what it only gives out.
    pub(super) parameters: Vec<Parameter>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RoutineKind {
    Procedure,
    Function,
    /// Returns nothing.
    VoidFunction,
}

#[derive(Clone, Debug)]
pub(super) struct Parameter {
    pub(super) name: Option<String>,
    /// The type, as the database writes it.
    pub(super) declared: String,
    pub(super) shape: Shape,
    pub(super) mode: Mode,
    pub(super) has_default: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    In,
    Out,
    InOut,
    /// The last one, of an array type.
    Variadic,
}

/// What a parameter gets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Argument<'a> {
    Given(&'a Value),
    Default,
    /// Nothing: it is given out.
    Out,
}

/// A routine with something for each of its parameters.
#[derive(Debug)]
pub(super) struct Fit<'a> {
    pub(super) routine: Routine,
    pub(super) arguments: Vec<Argument<'a>>,
    /// Whether the job named them, rather than counted.
    pub(super) is_by_name: bool,
}

/// The one of `routines`, which all have one name, that takes what is given. Of several, the one that
/// leaves nothing to its defaults.
pub(super) fn choose(
    routines: Vec<Routine>,
    given: &Map<String, Value>,
) -> Result<Fit<'_>, String> {
    let listed = list(&routines);
    let n_routines = routines.len();
    let mut misfit = String::new();
    let mut fits = Vec::new();
    for routine in routines {
        match fit(&routine, given) {
            Ok(arguments) => {
                fits.push(Fit { routine, arguments, is_by_name: !is_by_position(given) });
            }
            Err(why) => misfit = why,
        }
    }
    if fits.len() > 1 {
        let n_whole = fits.iter().filter(|fit| fit.is_whole()).count();
        if n_whole == 1 {
            fits.retain(Fit::is_whole);
        }
    }
    match fits.pop() {
        Some(fit) if fits.is_empty() => Ok(fit),
        Some(_) => Err(format!("the parameters fit more than one of: {listed}")),
        None if n_routines == 1 => Err(misfit),
        None => Err(format!("the parameters fit none of: {listed}")),
    }
}

impl Fit<'_> {
    fn is_whole(&self) -> bool {
        !self.arguments.contains(&Argument::Default)
    }
}

fn list(routines: &[Routine]) -> String {
    let shown = routines.iter().take(OVERLOADS_LISTED_MAX).map(ToString::to_string);
    let text = shown.collect::<Vec<_>>().join("; ");
    match routines.len().saturating_sub(OVERLOADS_LISTED_MAX) {
        0 => text,
        n => format!("{text}; and {n} more"),
    }
}

/// Keys `1`, `2`, ..
fn is_by_position(given: &Map<String, Value>) -> bool {
    !given.is_empty() && given.keys().all(|key| position(key).is_some())
}

fn position(key: &str) -> Option<usize> {
    key.parse().ok().filter(|position| *position > 0)
}

fn fit<'a>(routine: &Routine, given: &'a Map<String, Value>) -> Result<Vec<Argument<'a>>, String> {
    let inputs: Vec<usize> = (0..routine.parameters.len())
        .filter(|i| routine.parameters[*i].mode != Mode::Out)
        .collect();
    let mut values: Vec<Option<&Value>> = vec![None; routine.parameters.len()];
    for (key, value) in given {
        let found = match position(key).filter(|_| is_by_position(given)) {
            Some(position) => inputs.get(position - 1).copied(),
            None => routine.find(key),
        };
        let Some(i) = found else {
            return Err(format!("parameter `{key}` is not one of {routine}"));
        };
        if values[i].replace(value).is_some() {
            return Err(format!("parameter `{key}` is given twice"));
        }
    }
    let argument = |i: usize| match (&routine.parameters[i], values[i]) {
        (_, Some(value)) => Ok(Argument::Given(value)),
        (parameter, None) if parameter.mode == Mode::Out => Ok(Argument::Out),
        (parameter, None) if parameter.has_default => Ok(Argument::Default),
        (_, None) => Err(format!("{} of {routine} is missing", routine.label(i))),
    };
    (0..routine.parameters.len()).map(argument).collect()
}

impl Routine {
    /// An `@` before the name is SQL Server's, where jobs may come from.
    fn find(&self, key: &str) -> Option<usize> {
        let key = key.strip_prefix('@').unwrap_or(key);
        let is = |equal: &dyn Fn(&str) -> bool| {
            let mut inputs = self.parameters.iter().enumerate();
            inputs.find_map(|(i, parameter)| {
                let name = parameter.name.as_deref()?;
                (parameter.mode != Mode::Out && equal(name)).then_some(i)
            })
        };
        is(&|name| name == key).or_else(|| is(&|name| name.to_lowercase() == key.to_lowercase()))
    }

    /// A parameter as errors name it: `` parameter `p_id` (integer) ``.
    pub(super) fn label(&self, i: usize) -> String {
        let parameter = &self.parameters[i];
        let position = self.parameters[..=i].iter().filter(|one| one.mode != Mode::Out).count();
        let name = parameter.name.clone().unwrap_or_else(|| position.to_string());
        format!("parameter `{name}` ({})", parameter.declared)
    }
}

/// `app.nightly(p_day date, integer)`: what it takes.
impl fmt::Display for Routine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}(", self.schema, self.name)?;
        let inputs = self.parameters.iter().filter(|parameter| parameter.mode != Mode::Out);
        for (n, parameter) in inputs.enumerate() {
            f.write_str(if n == 0 { "" } else { ", " })?;
            if let Some(name) = &parameter.name {
                write!(f, "{name} ")?;
            }
            f.write_str(&parameter.declared)?;
        }
        f.write_str(")")
    }
}

#[cfg(test)]
mod tests;
