//! Which nodes a retried run keeps.

use horarium_core::graph::{Intent, NotResumable, resume};

use crate::drawn::{cancelled, graph, letters, outcomes};

const DIAMOND: &str = "a? b<a c<a d<b,c";

#[test]
fn a_success_is_kept_and_the_rest_waits() {
    let check = |old: &str, new: Result<&str, NotResumable>| {
        let graph = graph(DIAMOND);
        let resumed = resume(&graph, &outcomes(&graph, old)).map(|outcomes| letters(&outcomes));
        assert_eq!(resumed, new.map(str::to_owned), "{old}");
    };
    check("ssf-", Ok("ss.."));
    check("swf-", Ok("sw.."));
    check("sc--", Ok("s..."));
    check("fsss", Ok(".sss"));
    check("ssfr", Err(NotResumable::NotEnded));
    check("s...", Err(NotResumable::NotEnded));
    check("ssss", Err(NotResumable::NothingFailed));
    check("swss", Err(NotResumable::NothingFailed));
}

#[test]
fn a_cancelled_run_goes_on_as_one_that_is_wanted() {
    let graph = graph(DIAMOND);
    assert_eq!(resume(&graph, &cancelled(&graph, "sc--")).unwrap().intent, Intent::Run);
}
