//! The statement of a call: the catalogue's names in quotes, and a placeholder for each value.

use crate::kinds::stored_procedure::{
    name::quote,
    signature::{Argument, Fit, Mode, Parameter, RoutineKind},
    value,
};

#[derive(Debug)]
pub(super) struct Statement {
    pub(super) sql: String,
    pub(super) values: Vec<Option<String>>,
    pub(super) kind: RoutineKind,
}

impl Statement {
    pub(super) fn of(fit: &Fit<'_>) -> Result<Self, String> {
        let routine = &fit.routine;
        let mut arguments = Arguments::default();
        for (i, argument) in fit.arguments.iter().enumerate() {
            let parameter = &routine.parameters[i];
            let text = match argument {
                Argument::Default => {
                    arguments.is_gap = true;
                    continue;
                }
                Argument::Out => format!("NULL::{}", parameter.declared),
                Argument::Given(given) => {
                    let value = value::text(given, parameter.shape)
                        .map_err(|why| format!("{}: {why}", routine.label(i)))?;
                    arguments.values.push(value);
                    as_type(arguments.values.len(), &parameter.declared)
                }
            };
            arguments
                .add(parameter, text, fit.is_by_name)
                .map_err(|why| format!("{} {why}", routine.label(i)))?;
        }
        let (schema, name) = (quote(&routine.schema, '"'), quote(&routine.name, '"'));
        let call = format!("{schema}.{name}({})", arguments.texts.join(", "));
        let sql = match routine.kind {
            RoutineKind::Procedure => format!("CALL {call}"),
            RoutineKind::Function | RoutineKind::VoidFunction => format!("SELECT * FROM {call}"),
        };
        Ok(Self { sql, values: arguments.values, kind: routine.kind })
    }
}

#[derive(Default)]
struct Arguments {
    texts: Vec<String>,
    values: Vec<Option<String>>,
    /// One was left to its default: what follows can only be named.
    is_gap: bool,
    /// One was named: what follows has to be.
    is_named: bool,
}

impl Arguments {
    fn add(
        &mut self,
        parameter: &Parameter,
        mut text: String,
        is_by_name: bool,
    ) -> Result<(), &'static str> {
        let needs_name = self.is_gap || self.is_named;
        match &parameter.name {
            Some(name) if is_by_name || needs_name => {
                text = format!("{} => {text}", quote(name, '"'));
                self.is_named = true;
            }
            None if needs_name => return Err("has no name, and only a name can follow here"),
            Some(_) | None => {}
        }
        if parameter.mode == Mode::Variadic {
            text = format!("VARIADIC {text}");
        }
        self.texts.push(text);
        Ok(())
    }
}

/// The `n`th value, bound as text and read by the server.
pub(super) fn as_type(n: usize, declared: &str) -> String {
    format!("CAST(${n}::text AS {declared})")
}
