//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args as FlagSet, Parser, Subcommand, ValueEnum};

/// Horarium, a self-hosted job scheduler.
#[derive(Debug, Parser)]
#[command(name = "horarium", version, max_term_width = 100)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run a server: API, scheduling and workers
    Serve(ConfigFlags),
    /// Bring the database's schema up to date
    Migrate {
        /// Change nothing; exit with 3 when steps are pending
        #[arg(long)]
        check: bool,
        #[command(flatten)]
        flags: ConfigFlags,
    },
    /// Show or check the configuration
    Config {
        #[command(subcommand)]
        command: ConfigCommand,
    },
    /// Copy the database into a file, also while a server runs
    Backup {
        /// The file to make
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[command(flatten)]
        flags: ConfigFlags,
    },
    /// Put a backup in the place of the database; nothing fires until that is confirmed
    #[command(group(clap::ArgGroup::new("what").required(true)))]
    Restore {
        /// A file that `backup` has made
        #[arg(value_name = "FILE", group = "what")]
        file: Option<PathBuf>,
        /// Let a restored database fire
        #[arg(long, group = "what")]
        confirm: bool,
        /// Keep a database from firing, such as one that was restored by other means
        #[arg(long, group = "what")]
        hold: bool,
        #[command(flatten)]
        flags: ConfigFlags,
    },
    /// Look for what is wrong and say what mends it; exit with 1 when something is
    Doctor(ConfigFlags),
    /// Look after what is encrypted in the database
    Secrets {
        #[command(subcommand)]
        command: SecretsCommand,
    },
    /// Ask the running server whether it is ready; exit with 1 when it is not
    Healthcheck(ConfigFlags),
    /// Print the versions of Horarium and of its time zone database
    Version,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Print every setting and where its value comes from; secrets are hidden
    Print {
        #[arg(short, long, value_enum, default_value_t = Output::Table)]
        output: Output,
        #[command(flatten)]
        flags: ConfigFlags,
    },
    /// Say whether a server would start with this configuration
    Check {
        #[command(flatten)]
        flags: ConfigFlags,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum SecretsCommand {
    /// Encrypt everything anew under a new key, or under the first of the keys that are given
    RotateKey(ConfigFlags),
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Output {
    Table,
    Json,
}

/// Settings that are often given on the command line; the others come from variables and the file.
#[derive(Debug, Default, FlagSet)]
#[command(next_help_heading = "Configuration")]
pub(crate) struct ConfigFlags {
    /// Configuration file; otherwise ./horarium.toml, else /etc/horarium/horarium.toml, if there
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Address and port of the HTTP API
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<SocketAddr>,
    /// sqlite:PATH or postgres://…
    #[arg(long, value_name = "URL")]
    pub database_url: Option<String>,
    /// Directory of the embedded database
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<String>,
    /// Attempts this node runs at the same time
    #[arg(long, value_name = "N")]
    pub workers: Option<u32>,
    /// A proxy in front ends TLS
    #[arg(long)]
    pub behind_tls_proxy: bool,
}
