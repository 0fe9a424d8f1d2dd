//! One attempt by a module: its parameters on stdin, its output on stdout, its outcome an exit code.

use horarium_api::time::instant_text;
use horarium_wasm::{Limits, Report, Run, SandboxError, Stream};
use serde_json::Value;

use crate::{
    assignment::{Assignment, Ending},
    modules::{FoundModule, Modules},
    output::Capture,
};

/// Bytes that a module may write, kept or not.
const WRITTEN_BYTES_MAX: u64 = 64 << 20;
/// Of the error output, what an error text shows.
const ERROR_BYTES_MAX: usize = 4 << 10;
/// Beyond the attempt's own limit, which comes first unless the machine is in trouble.
const CPU_SECONDS_BEYOND: u64 = 2;

/// What the job's configuration says.
pub(super) struct Call {
    pub(super) method_name: Option<String>,
    pub(super) parameters: Value,
}

pub(super) async fn run(
    modules: &Modules,
    module: &FoundModule,
    call: Call,
    assignment: &Assignment,
    capture: &mut Capture,
) -> Ending {
    let shown = format!("module `{}` version {}", module.name, module.version);
    let code = match modules.source.code(module.id).await {
        Ok(Some(code)) => code,
        Ok(None) => return Ending::failed(format!("{shown} has just been deleted")),
        Err(fault) => return Ending::failed(format!("reading {shown}: {fault}")),
    };
    let input = call.parameters.to_string();
    let run = Run {
        code: &code,
        args: &args(module, call.method_name.as_deref()),
        env: &environment(assignment, call.method_name),
        input: input.as_bytes(),
        limits: limits(modules, assignment),
    };
    let mut errors = Capture::new(ERROR_BYTES_MAX);
    let ran = modules.sandbox.run(run, |stream, bytes| match stream {
        Stream::Stdout => capture.write(bytes),
        Stream::Stderr => errors.write(bytes),
    });
    let ran = ran.await;
    ending(&shown, ran, errors.into_output().text.trim())
}

fn limits(modules: &Modules, assignment: &Assignment) -> Limits {
    Limits {
        memory_bytes: modules.limits.memory_bytes,
        fuel: modules.limits.fuel,
        written_bytes: WRITTEN_BYTES_MAX,
        cpu_seconds: assignment.timeout.as_secs() + CPU_SECONDS_BEYOND,
    }
}

/// As a shell would start it: its name, and the method if the job names one.
fn args(module: &FoundModule, method_name: Option<&str>) -> Vec<String> {
    let name = module.name.clone();
    [name].into_iter().chain(method_name.map(str::to_owned)).collect()
}

fn environment(assignment: &Assignment, method_name: Option<String>) -> Vec<(String, String)> {
    let variables = [
        ("HORARIUM_EXECUTION_ID", Some(assignment.execution_id.to_string())),
        ("HORARIUM_JOB_ID", Some(assignment.job_id.to_string())),
        ("HORARIUM_JOB_NAME", Some(assignment.job_name.clone())),
        ("HORARIUM_ATTEMPT", Some(assignment.attempt.to_string())),
        ("HORARIUM_DUE_AT", assignment.due_at.map(instant_text)),
        ("HORARIUM_METHOD_NAME", method_name),
    ];
    let given = variables.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    given.collect()
}

fn ending(shown: &str, ran: Result<Report, SandboxError>, errors: &str) -> Ending {
    let said = if errors.is_empty() { String::new() } else { format!(": {errors}") };
    match ran {
        Ok(Report::Exited(0)) => Ending::Succeeded,
        Ok(Report::Exited(code)) => {
            Ending::failed(format!("{shown} ended with exit code {code}{said}"))
        }
        Ok(Report::Ended(why)) => Ending::failed(format!("{shown} was ended, it {why}{said}")),
        Ok(Report::Refused(why)) => {
            Ending::failed_for_good(format!("{shown} cannot be run: {why}"))
        }
        Ok(report @ (Report::Fine | Report::Confined(_) | Report::Broken(_))) => {
            Ending::failed(format!("running {shown}: the sandbox answered {report:?}"))
        }
        Err(error) => Ending::failed(format!("running {shown}: {}{said}", chain(&error))),
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(cause) => format!("{error}: {}", chain(cause)),
        None => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exit_code_is_the_outcome_and_the_error_output_says_why() {
        let check = |ran, errors: &str, expect: Ending| {
            assert_eq!(ending("module `m` version 1", ran, errors), expect);
        };
        check(Ok(Report::Exited(0)), "only a remark", Ending::Succeeded);
        let code = Ending::failed("module `m` version 1 ended with exit code 2: no row");
        check(Ok(Report::Exited(2)), "no row", code);
        let fuel = Ending::failed("module `m` version 1 was ended, it used up its fuel");
        check(Ok(Report::Ended("used up its fuel".to_owned())), "", fuel);
        let refused = Ending::failed_for_good("module `m` version 1 cannot be run: old");
        check(Ok(Report::Refused("old".to_owned())), "", refused);
        let died = SandboxError::Died("killed by signal 9".to_owned());
        let error = "running module `m` version 1: \
             the sandbox ended without a word: killed by signal 9";
        check(Err(died), "", Ending::failed(error));
    }
}
