//! The configuration: every setting, its unit and its default.
//!
//! Here is only the tree. Where values come from (flags, environment, file) is the business of the
//! `horarium` binary; docs/settings.md is generated from the doc comments below.

mod check;
mod secret;
mod table;
mod text;

use std::net::SocketAddr;
use std::path::PathBuf;

use horarium_core::trigger::CronDialect;
use horarium_store::{DatabaseUrl, StoreOptions};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};

pub use check::{JWT_SECRET_BYTES_MIN, SettingError};
pub use secret::Secret;
pub use table::{Kind, Setting};

use table::settings;

settings! {
    /// Where the server listens, keeps its data and finds its database.
    Settings ("", "HORARIUM_") {
        /// Address and port of the HTTP API. Other than loopback needs `behind_tls_proxy`.
        listen: SocketAddr = SocketAddr::from(([127, 0, 0, 1], 8080));
        /// Directory of the embedded database and of files the server makes; created when missing.
        data_dir: PathBuf = PathBuf::from("data");
        /// `sqlite:PATH` or `postgres://…`. Not set: `sqlite:` and `horarium.db` in `data_dir`.
        #[serde(with = "text::as_text")]
        database_url: Option<DatabaseUrl> = None;
        /// A proxy in front ends TLS, so that listening on other than loopback exposes no password.
        behind_tls_proxy: bool = false;
        /// Attempts this node runs at the same time.
        workers: u32 = 64, in 1..=4096;
    }
    api: Api;
    dashboard: Dashboard;
    jobs: Jobs;
    retention: Retention;
    sqlite: Sqlite;
    postgres: Postgres;
    egress: Egress;
    files: Files;
    runners: Runners;
    modules: Modules;
    encryption: Encryption;
    auth: Auth;
    log: Log;
    node: Node;
    bootstrap: Bootstrap;
}

settings! {
    /// How the HTTP API reads and answers.
    Api ("api.", "HORARIUM_API__") {
        /// How enums are written: `name`, or `number` for clients of the original. The request header
        /// `X-Enum-Format` wins.
        enum_format: EnumFormat = EnumFormat::Name;
        /// How the success of a schedule execution is spelt: `Completed`, or `Complete` for clients of
        /// JIM's releases after 0.14.
        schedule_success: ScheduleSuccess = ScheduleSuccess::Completed;
        /// Bytes of a request body; a longer one is answered with 413.
        body_bytes_max: usize = 1 << 20, in 1 << 10..=64 << 20;
    }
}

settings! {
    /// The page for people, at `/dashboard`.
    Dashboard ("dashboard.", "HORARIUM_DASHBOARD__") {
        /// Folder with a built dashboard, to be served in place of the one in the binary; read at start.
        dir: Option<PathBuf> = None;
    }
}

settings! {
    /// What a job gets that does not say itself.
    Jobs ("jobs.", "HORARIUM_JOBS__") {
        /// Seconds an attempt may take.
        default_timeout_seconds: u32 = 300, in 1..=86_400;
        /// Retries after the first attempt.
        default_retries: u32 = 3, in 0..=100;
        /// Seconds between a failed attempt and its first retry.
        default_retry_delay_seconds: u32 = 60, in 0..=86_400;
        /// `vixie`: day-of-month or day-of-week suffices when both are restricted; `hangfire`: both must hold.
        cron_dialect: CronDialect = CronDialect::Vixie;
        /// Days of executions that clearing old ones keeps when it is not told how many.
        retention_days: u32 = 90, in 1..=36_500;
        /// Bytes kept of an attempt's output.
        output_bytes_max: usize = 1 << 20, in 0..=64 << 20;
    }
}

settings! {
    /// How long history is kept. Old rows are deleted a few at a time, all day long.
    Retention ("retention.", "HORARIUM_RETENTION__") {
        /// Days that executions which succeeded are kept; 0 keeps them for ever.
        succeeded_days: u32 = 30, in 0..=36_500;
        /// Days that executions which failed or were cancelled are kept; 0 keeps them for ever.
        failed_days: u32 = 90, in 0..=36_500;
        /// The newest executions of each job that stay, however old.
        keep_last: u32 = 10, in 1..=10_000;
        /// Executions kept of one job, however young; 0 sets no bound. Never less than `keep_last`.
        executions_per_job_max: u32 = 0, in 0..=1_000_000;
    }
}

settings! {
    /// The embedded database.
    Sqlite ("sqlite.", "HORARIUM_SQLITE__") {
        /// `full`: a power cut takes nothing that was acknowledged; `normal`: it may take the last commits.
        synchronous: Synchronous = Synchronous::Full;
    }
}

settings! {
    /// The shared database.
    Postgres ("postgres.", "HORARIUM_POSTGRES__") {
        /// Connections this node opens at most.
        connections_max: u32 = 16, in 2..=1000;
    }
}

settings! {
    /// Where jobs may connect to.
    Egress ("egress.", "HORARIUM_EGRESS__") {
        /// `internal`: also private addresses, but neither link-local nor cloud metadata ones;
        /// `public`: public addresses only.
        policy: EgressPolicy = EgressPolicy::Internal;
        /// Networks besides, for the policy `public`, such as `10.1.0.0/16`; in a variable with commas
        /// between them. Link-local and metadata addresses stay closed.
        #[serde(with = "text::as_texts")]
        allow: Vec<IpNet> = Vec::new();
    }
}

settings! {
    /// What `FileOperation` jobs may touch.
    Files ("files.", "HORARIUM_FILES__") {
        /// Absolute folders below which jobs may read, move and delete files; in a variable with colons
        /// between them. None: every `FileOperation` is refused. The data directory is refused always.
        roots: Vec<PathBuf> = Vec::new();
    }
}

settings! {
    /// Which programs steps of schedules may run, and with what.
    Runners ("runners.", "HORARIUM_RUNNERS__") {
        /// Absolute paths of the programs that `Executable` steps may start; in a variable with colons
        /// between them. None: every such step is refused.
        executables: Vec<PathBuf> = Vec::new();
        /// Absolute folders below which `PowerShell` and `SqlScript` steps find their scripts; in a
        /// variable with colons between them. None: every such step is refused.
        script_roots: Vec<PathBuf> = Vec::new();
        /// Absolute folders that steps may have as working directory, or folders in them, and may write
        /// to; in a variable with colons between them.
        working_roots: Vec<PathBuf> = Vec::new();
        /// Absolute folders that steps may read besides their own and the system's programs; in a variable
        /// with colons between them. Without Landlock in the kernel they may read what the server may.
        readable: Vec<PathBuf> = Vec::new();
        /// PowerShell's program. Not set: `pwsh`, where programs usually are.
        powershell: Option<PathBuf> = None;
        /// MiB of memory that one process of a step may use.
        memory_mib_max: u32 = 4_096, in 16..=1_048_576;
        /// MiB of one file that a step writes.
        file_mib_max: u32 = 65_536, in 1..=16_777_216;
        /// Processes and threads that the server's user may have at a time; not asked of root.
        processes_max: u32 = 4_096, in 64..=1_000_000;
        /// Seconds between SIGTERM and SIGKILL, when a step is cancelled or takes too long.
        stop_grace_seconds: u32 = 2, in 0..=3;
        /// Keeps the processes of a step in a cgroup v2 where one can be made, besides adopting orphans.
        cgroups: bool = true;
    }
}

settings! {
    /// WebAssembly modules that `CodeExecution` jobs run.
    Modules ("modules.", "HORARIUM_MODULES__") {
        /// Bytes of a module's code.
        bytes_max: usize = 8 << 20, in 1 << 10..=32 << 20;
        /// Bytes of memory that a running module may have; what interprets it comes on top.
        memory_bytes_max: usize = 128 << 20, in 1 << 20..=2 << 30;
        /// Units of work of one run; an instruction costs about one.
        fuel_max: usize = 1_000_000_000_000, in 1_000..=1_000_000_000_000_000_000;
        /// Modules that run at the same time on this node; the attempts of others wait.
        concurrent_max: u32 = 8, in 1..=256;
    }
}

settings! {
    /// What is encrypted in the database: secrets, passwords of data sources, secret header values.
    Encryption ("encryption.", "HORARIUM_ENCRYPTION__") {
        /// Keys as `openssl rand -base64 32` prints them, the newest first, white space or commas between
        /// them; the same on every node. Not set: `encryption.key` in `data_dir`, made at the first start.
        key: Option<Secret> = None;
        /// Absolute path of a program that prints the keys; run at start, without arguments. Instead of
        /// `key`.
        key_command: Option<PathBuf> = None;
    }
}

settings! {
    /// Tokens of people and programs.
    Auth ("auth.", "HORARIUM_AUTH__") {
        /// Key that signs access tokens, 32 bytes at least. Not set: made at the first start and kept in
        /// the database.
        jwt_secret: Option<Secret> = None;
        /// Minutes an access token is good for.
        access_token_minutes: u32 = 15, in 1..=60;
        /// Days a refresh token is good for.
        refresh_token_days: u32 = 7, in 1..=90;
        /// The `iss` that tokens carry and must carry.
        issuer: String = "horarium".to_owned();
        /// The `aud` that tokens carry and must carry.
        audience: String = "horarium".to_owned();
    }
}

settings! {
    /// What is logged, to stderr.
    Log ("log.", "HORARIUM_LOG__") {
        /// Level, or levels by module: `info`, `warn,horarium_server=debug`.
        filter: String = "info".to_owned();
        /// `pretty` for people, `json` for collectors.
        format: LogFormat = LogFormat::Pretty;
    }
}

settings! {
    /// This server among the nodes that share a database.
    Node ("node.", "HORARIUM_NODE__") {
        /// Shown with the executions it ran. Not set: the machine's name.
        name: Option<String> = None;
        /// Seconds that running attempts get to end after SIGTERM.
        shutdown_grace_seconds: u32 = 30, in 0..=3600;
    }
}

settings! {
    /// The first administrator, made at start while no user exists; ignored afterwards.
    Bootstrap ("bootstrap.", "HORARIUM_BOOTSTRAP_") {
        /// Together with `admin_password`.
        admin_email: Option<String> = None;
        /// Together with `admin_email`.
        admin_password: Option<Secret> = None;
        /// An administrator's API key to begin with.
        api_key: Option<Secret> = None;
    }
}

/// How enums are written in responses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EnumFormat {
    Name,
    Number,
}

/// As [`horarium_core::schedule_run::SuccessWord`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ScheduleSuccess {
    Completed,
    Complete,
}

/// As [`horarium_store::Synchronous`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Synchronous {
    Full,
    Normal,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EgressPolicy {
    Internal,
    Public,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Pretty,
    Json,
}

impl Settings {
    /// The database to open: `database_url`, else the file in `data_dir`.
    pub fn database(&self) -> DatabaseUrl {
        let embedded = || DatabaseUrl::Sqlite(self.data_dir.join("horarium.db"));
        self.database_url.clone().unwrap_or_else(embedded)
    }

    pub fn store_options(&self) -> StoreOptions {
        let synchronous = match self.sqlite.synchronous {
            Synchronous::Full => horarium_store::Synchronous::Full,
            Synchronous::Normal => horarium_store::Synchronous::Normal,
        };
        StoreOptions { synchronous, connections_max: self.postgres.connections_max }
    }

    /// `node.name`, else the machine's name.
    pub fn node_name(&self) -> String {
        let host = || std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
        let name = self.node.name.clone().or_else(host).unwrap_or_default();
        let name = name.trim();
        if name.is_empty() { "node".to_owned() } else { name.to_owned() }
    }
}
