//! What is wrong with an installation, each with the command that mends it.
//!
//! Facts go in, findings come out; whoever asks gathers the facts ([`Facts`]).

use horarium_store::{MigrationState, Node, NodeState, QueueFigures};
use jiff::{SignedDuration, Timestamp};

use crate::settings::{EgressPolicy, Settings};

/// A clock further than this from the database's makes logs hard to read; the engine corrects for it.
const SKEW_MAX: SignedDuration = SignedDuration::from_secs(1);
/// A trigger due for longer is not being looked at.
const OVERDUE: SignedDuration = SignedDuration::from_mins(1);
/// An execution that waits longer for a worker waits too long.
const WAITS_LONG: SignedDuration = SignedDuration::from_mins(5);
const DISK_LOW_BYTES: u64 = 1 << 30;
const DISK_FULL_BYTES: u64 = 64 << 20;

/// What was found out about an installation.
#[derive(Clone, Debug)]
pub struct Facts {
    pub now: Timestamp,
    pub settings: Settings,
    /// `None`: the database does not answer, and why.
    pub database: Result<DatabaseFacts, String>,
    /// Bytes free where the data directory is; `None`: it is not there.
    pub disk_free_bytes: Option<u64>,
}

#[derive(Clone, Debug)]
pub struct DatabaseFacts {
    pub schema: MigrationState,
    /// The rest only tells something of a schema that this program knows.
    pub nodes: Vec<Node>,
    pub queue: QueueFigures,
    /// The database's clock minus this machine's; `None` where it has none of its own.
    pub skew: Option<SignedDuration>,
    /// When the copy was taken that nobody has confirmed yet.
    pub held_since: Option<String>,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub about: &'static str,
    pub state: FindingState,
    pub text: String,
    /// The command that mends it; empty when nothing is to be mended.
    pub mend: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FindingState {
    Good,
    Doubtful,
    Bad,
}

impl FindingState {
    pub fn word(self) -> &'static str {
        match self {
            Self::Good => "ok",
            Self::Doubtful => "warn",
            Self::Bad => "bad",
        }
    }
}

/// Everything that was looked at, in the order in which to mend.
pub fn examine(facts: &Facts) -> Vec<Finding> {
    let mut findings = vec![disk(facts)];
    match &facts.database {
        Err(cause) => findings.push(bad(
            "database",
            format!("does not answer: {cause}"),
            format!("horarium config print   # database_url is {}", facts.settings.database()),
        )),
        Ok(database) => {
            findings.push(schema(database));
            if database.schema == MigrationState::Current {
                findings.extend([
                    held(database),
                    nodes(facts, database),
                    skew(database),
                    overdue(facts, database),
                    waiting(facts, database),
                    orphaned(database),
                ]);
            }
        }
    }
    findings.push(encryption(facts));
    findings.push(egress(facts));
    findings
}

fn disk(facts: &Facts) -> Finding {
    let dir = facts.settings.data_dir.display();
    match facts.disk_free_bytes {
        None => bad("disk", format!("`{dir}` is not there"), "horarium migrate".to_owned()),
        Some(free) => {
            let text = format!("{} MiB free at `{dir}`", free >> 20);
            let mend =
                format!("du -xh {dir} | sort -h | tail; horarium config print   # retention.*");
            match free {
                free if free < DISK_FULL_BYTES => bad("disk", text, mend),
                free if free < DISK_LOW_BYTES => doubtful("disk", text, mend),
                _ => good("disk", text),
            }
        }
    }
}

fn schema(database: &DatabaseFacts) -> Finding {
    match &database.schema {
        MigrationState::Current => good("schema", "up to date".to_owned()),
        MigrationState::Pending(steps) => {
            bad("schema", format!("{} steps behind", steps.len()), "horarium migrate".to_owned())
        }
        MigrationState::Newer { found, known } => bad(
            "schema",
            format!("{found}, of a newer program; this one knows {known}"),
            "horarium version   # run the newer one".to_owned(),
        ),
    }
}

fn held(database: &DatabaseFacts) -> Finding {
    match &database.held_since {
        None => good("copy", "no unconfirmed copy".to_owned()),
        Some(taken_at) => bad(
            "copy",
            format!("restored from a backup of {taken_at}: nothing is fired or started"),
            "horarium restore --confirm   # then start the server again".to_owned(),
        ),
    }
}

fn nodes(facts: &Facts, database: &DatabaseFacts) -> Finding {
    let live = database.nodes.iter().filter(|node| node.state == NodeState::Live);
    let silent =
        |node: &&Node| facts.now.duration_since(node.beat_at) > SignedDuration::from_secs(15);
    let (silent, beating): (Vec<&Node>, Vec<&Node>) = live.partition(silent);
    match (beating.len(), silent.first()) {
        (0, _) => bad("nodes", "no server runs".to_owned(), "horarium serve".to_owned()),
        (n, None) => good("nodes", format!("{n} live")),
        (n, Some(node)) => doubtful(
            "nodes",
            format!("{n} live; `{}` has not been heard since {}", node.name, node.beat_at),
            "journalctl -u horarium   # on that machine".to_owned(),
        ),
    }
}

fn skew(database: &DatabaseFacts) -> Finding {
    match database.skew {
        None => good("clock", "the machine's own counts".to_owned()),
        Some(skew) if skew.abs() > SKEW_MAX => doubtful(
            "clock",
            format!("{} ms off the database's, whose time counts", skew.as_millis()),
            "timedatectl set-ntp true".to_owned(),
        ),
        Some(skew) => good("clock", format!("{} ms off the database's", skew.as_millis())),
    }
}

fn overdue(facts: &Facts, database: &DatabaseFacts) -> Finding {
    let QueueFigures { n_due, due_since, .. } = database.queue;
    let since = due_since.filter(|since| facts.now.duration_since(*since) > OVERDUE);
    match since {
        None => good("triggers", "none is overdue".to_owned()),
        Some(since) => bad(
            "triggers",
            format!("{n_due} due and not looked at, the first since {since}"),
            "systemctl restart horarium; journalctl -u horarium | grep ticker".to_owned(),
        ),
    }
}

fn waiting(facts: &Facts, database: &DatabaseFacts) -> Finding {
    let QueueFigures { n_ready, ready_since, .. } = database.queue;
    let since = ready_since.filter(|since| facts.now.duration_since(*since) > WAITS_LONG);
    match since {
        None => good("queue", format!("{n_ready} executions wait for a worker")),
        Some(since) => doubtful(
            "queue",
            format!("{n_ready} executions wait for a worker, the first since {since}"),
            format!("horarium serve --workers {}", facts.settings.workers.saturating_mul(2)),
        ),
    }
}

fn orphaned(database: &DatabaseFacts) -> Finding {
    match database.queue.n_orphaned {
        0 => good("executions", "none is stuck on a node that is gone".to_owned()),
        n => doubtful(
            "executions",
            format!("{n} run on nodes that are gone; a running server takes them over in 15 s"),
            "horarium serve".to_owned(),
        ),
    }
}

fn encryption(facts: &Facts) -> Finding {
    let settings = &facts.settings;
    if settings.listen.ip().is_loopback() {
        return good("encryption", "listens on loopback only".to_owned());
    }
    doubtful(
        "encryption",
        format!("listens on {}: a proxy must end TLS in front of it", settings.listen),
        format!("curl -sS http://{}/livez   # from another machine: must fail", settings.listen),
    )
}

fn egress(facts: &Facts) -> Finding {
    match facts.settings.egress.policy {
        EgressPolicy::Public => good("egress", "jobs reach public addresses only".to_owned()),
        EgressPolicy::Internal => doubtful(
            "egress",
            "jobs reach private addresses too".to_owned(),
            "HORARIUM_EGRESS__POLICY=public horarium serve".to_owned(),
        ),
    }
}

fn good(about: &'static str, text: String) -> Finding {
    Finding { about, state: FindingState::Good, text, mend: String::new() }
}

fn doubtful(about: &'static str, text: String, mend: String) -> Finding {
    Finding { about, state: FindingState::Doubtful, text, mend }
}

fn bad(about: &'static str, text: String, mend: String) -> Finding {
    Finding { about, state: FindingState::Bad, text, mend }
}

#[cfg(test)]
mod tests {
    use horarium_core::NodeId;

    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn before(seconds: i64) -> Timestamp {
        NOW - SignedDuration::from_secs(seconds)
    }

    fn node(beat_at: Timestamp) -> Node {
        Node {
            id: NodeId(uuid::Uuid::nil()),
            name: "a".to_owned(),
            version: "0".to_owned(),
            workers: 8,
            started_at: before(100),
            beat_at,
            state: NodeState::Live,
            n_running: 0,
        }
    }

    fn healthy() -> (Facts, DatabaseFacts) {
        let database = DatabaseFacts {
            schema: MigrationState::Current,
            nodes: vec![node(NOW)],
            queue: QueueFigures::default(),
            skew: Some(SignedDuration::ZERO),
            held_since: None,
        };
        let mut settings = Settings::default();
        settings.egress.policy = EgressPolicy::Public;
        let facts = Facts {
            now: NOW,
            settings,
            database: Err("replaced".to_owned()),
            disk_free_bytes: Some(DISK_LOW_BYTES),
        };
        (facts, database)
    }

    /// What is not good once `spoil` has been at a healthy installation.
    fn found(spoil: impl Fn(&mut Facts, &mut DatabaseFacts)) -> Vec<String> {
        let (mut facts, mut database) = healthy();
        facts.database = Ok(database.clone());
        spoil(&mut facts, &mut database);
        if facts.database.is_ok() {
            facts.database = Ok(database);
        }
        let findings = examine(&facts).into_iter();
        let wrong = findings.filter(|finding| finding.state != FindingState::Good);
        wrong
            .map(|finding| {
                assert!(!finding.mend.is_empty(), "{finding:?}");
                format!("{} {}", finding.about, finding.state.word())
            })
            .collect()
    }

    #[test]
    fn a_healthy_installation_has_nothing_to_mend() {
        assert_eq!(found(|_, _| {}), Vec::<String>::new());
    }

    #[test]
    fn each_ill_is_found_at_its_bound() {
        let check = |spoil: fn(&mut Facts, &mut DatabaseFacts), expect: &[&str]| {
            assert_eq!(found(spoil), expect);
        };
        check(|facts, _| facts.disk_free_bytes = None, &["disk bad"]);
        check(|facts, _| facts.disk_free_bytes = Some(DISK_LOW_BYTES - 1), &["disk warn"]);
        check(|facts, _| facts.disk_free_bytes = Some(DISK_FULL_BYTES), &["disk warn"]);
        check(|facts, _| facts.disk_free_bytes = Some(DISK_FULL_BYTES - 1), &["disk bad"]);
        check(|facts, _| facts.database = Err("refused".to_owned()), &["database bad"]);
        check(|_, it| it.schema = MigrationState::Pending(vec!["x"]), &["schema bad"]);
        check(|_, it| it.schema = MigrationState::Newer { found: 9, known: 1 }, &["schema bad"]);
        check(|_, it| it.held_since = Some("then".to_owned()), &["copy bad"]);
        check(|_, it| it.nodes.clear(), &["nodes bad"]);
        check(|_, it| it.nodes = vec![node(before(15))], &[]);
        check(|_, it| it.nodes = vec![node(before(16))], &["nodes bad"]);
        check(|_, it| it.nodes.push(node(before(16))), &["nodes warn"]);
        check(|_, it| it.skew = Some(SignedDuration::from_secs(1)), &[]);
        check(|_, it| it.skew = Some(SignedDuration::from_millis(-1_001)), &["clock warn"]);
        check(|_, it| it.skew = None, &[]);
        check(|_, it| it.queue.due_since = Some(before(60)), &[]);
        check(|_, it| it.queue.due_since = Some(before(61)), &["triggers bad"]);
        check(|_, it| it.queue.ready_since = Some(before(300)), &[]);
        check(|_, it| it.queue.ready_since = Some(before(301)), &["queue warn"]);
        check(|_, it| it.queue.n_orphaned = 1, &["executions warn"]);
        check(|facts, _| facts.settings.listen = ([0, 0, 0, 0], 80).into(), &["encryption warn"]);
        check(|facts, _| facts.settings.egress.policy = EgressPolicy::Internal, &["egress warn"]);
    }
}
