//! `StoredProcedure`: calls a function or procedure of a data source, and keeps what it returns.
//!
//! | | PostgreSQL | MySQL, MariaDB |
//! |---|---|---|
//! | calls | functions and procedures | procedures |
//! | parameters | by name or position, read as their types by the server | the same, read here |
//! | rows affected | rows a function returns; 0 for a procedure | what the last statement says |
//! | stopped by | `pg_cancel_backend`, then `pg_terminate_backend` | `KILL QUERY`, then `KILL` |
//!
//! A job's text never becomes SQL. Its procedure name is a key to look up in the catalogue, whose own
//! spelling is quoted and called; its values are bound.

mod failure;
mod limited;
mod mysql;
mod name;
mod postgres;
mod result;
mod script;
mod signature;
mod value;

use std::{fmt, sync::Arc, time::Duration};

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};
use tokio::time::timeout;
use tokio_util::task::TaskTracker;

pub use self::result::{RESULT_BYTES_MAX, RESULT_ROWS_MAX, RESULT_SETS_MAX};

use self::{
    failure::Failure, limited::Limit, mysql::MySqlSession, name::ProcedureName,
    postgres::PgSession, result::Outcome,
};
use super::unusable;
use crate::{
    assignment::{Assignment, Ending},
    complaint::Complaint,
    data_sources::{
        AnyDataSources, CONNECT_LIMIT, DataSource, DataSourceKind, DataSources,
        pool::{Context, Pool, Pools, Session},
    },
    egress::EgressGuard,
    output::Capture,
    resolver::{GuardedResolver, Lookup, SystemLookup},
};

/// A call's limit when its job has none, as in the original.
pub const COMMAND_TIMEOUT_DEFAULT: Duration = Duration::from_mins(5);

const SQL_SERVER: &str = "SQL Server is not supported yet";

/// What a job of this type is configured with.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StoredProcedureConfiguration {
    /// `name`, `schema.name` or `"Schema"."name"`.
    pub stored_procedure_name: String,
    /// By name, or by position when the keys are `1`, `2`, ..
    pub parameters: Option<Map<String, Value>>,
    /// For the whole call, from waiting for a connection to the last row; 300 when absent.
    pub command_timeout_seconds: Option<u32>,
    /// The data source.
    pub database_connection_string_name: Option<String>,
}

/// Shows nothing that may hold a secret.
impl fmt::Debug for StoredProcedureConfiguration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredProcedureConfiguration")
            .field("stored_procedure_name", &self.stored_procedure_name)
            .field("database_connection_string_name", &self.database_connection_string_name)
            .finish_non_exhaustive()
    }
}

/// Calls procedures of the data sources that somebody defined.
pub struct StoredProcedure {
    data_sources: Arc<dyn AnyDataSources>,
    context: Context,
    postgres: Pools<PgSession>,
    mysql: Pools<MySqlSession>,
}

impl fmt::Debug for StoredProcedure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredProcedure").finish_non_exhaustive()
    }
}

/// What one call is to do.
struct Command<'a> {
    procedure: &'a ProcedureName,
    given: &'a Map<String, Value>,
    /// What the server's list of sessions shows.
    label: String,
    /// The server's own limit.
    server_limit: Duration,
}

impl StoredProcedure {
    /// With names looked up by this machine's resolver.
    pub fn new(data_sources: Arc<impl DataSources>, guard: Arc<EgressGuard>) -> Self {
        Self::with_lookup(data_sources, guard, SystemLookup)
    }

    /// With names looked up elsewhere.
    pub fn with_lookup(
        data_sources: Arc<impl DataSources>,
        guard: Arc<EgressGuard>,
        lookup: impl Lookup,
    ) -> Self {
        let resolver = GuardedResolver::new(guard, Arc::new(lookup));
        let context = Context { resolver, stops: TaskTracker::new() };
        Self { data_sources, context, postgres: Pools::default(), mysql: Pools::default() }
    }

    /// Closes what is idle, and waits until the calls that were walked away from are stopped: at a
    /// shutdown the runtime would end before they are. Ends by itself within 20 s.
    pub async fn close(&self) {
        self.postgres.close();
        self.mysql.close();
        self.context.stops.close();
        self.context.stops.wait().await;
        self.context.stops.reopen();
    }

    /// Connects to a data source as it is defined here, and asks whether the other side answers.
    ///
    /// # Errors
    ///
    /// Why it does not, for whoever defined it.
    pub async fn test(&self, source: DataSource) -> Result<(), String> {
        match source.kind {
            DataSourceKind::Postgres => answers(&self.postgres.of(source, &self.context)).await,
            DataSourceKind::MySql => answers(&self.mysql.of(source, &self.context)).await,
            DataSourceKind::SqlServer => Err(SQL_SERVER.to_owned()),
        }
    }

    /// What is wrong with a configuration, as far as the data source's definition says.
    ///
    /// # Errors
    ///
    /// Why the definition could not be read.
    pub(super) async fn check(&self, configuration: &Value) -> Result<Vec<Complaint>, String> {
        const SOURCE: &str = "databaseConnectionStringName";
        const PROCEDURE: &str = "storedProcedureName";
        let name = configuration[SOURCE].as_str().unwrap_or_default().trim();
        if name.is_empty() {
            return Ok(vec![Complaint::new(SOURCE, "Data source is required.")]);
        }
        let Some(source) = self.data_sources.find(name).await? else {
            let text = format!("There is no data source named `{name}`.");
            return Ok(vec![Complaint::new(SOURCE, text)]);
        };
        if source.kind == DataSourceKind::SqlServer {
            return Ok(vec![Complaint::new(SOURCE, SQL_SERVER)]);
        }
        let procedure = configuration[PROCEDURE].as_str().unwrap_or_default();
        Ok(match ProcedureName::parse(procedure) {
            Err(why) => vec![Complaint::new(PROCEDURE, why)],
            Ok(name) if source.may_allow(&name) => Vec::new(),
            Ok(name) => {
                let text = format!("Data source `{}` does not allow `{name}`.", source.name);
                vec![Complaint::new(PROCEDURE, text)]
            }
        })
    }

    pub(super) async fn run(&self, assignment: &Assignment, capture: &mut Capture) -> Ending {
        let configuration =
            match StoredProcedureConfiguration::deserialize(&assignment.configuration) {
                Ok(configuration) => configuration,
                Err(error) => return unusable(&error),
            };
        match self.perform(&configuration, assignment, capture).await {
            Ok(outcome) => {
                outcome.write(configuration.stored_procedure_name.trim(), capture);
                Ending::Succeeded
            }
            Err(ending) => ending,
        }
    }

    async fn perform(
        &self,
        configuration: &StoredProcedureConfiguration,
        assignment: &Assignment,
        capture: &mut Capture,
    ) -> Result<Outcome, Ending> {
        let procedure = ProcedureName::parse(&configuration.stored_procedure_name)
            .map_err(|why| format!("jobConfiguration.storedProcedureName {why}"))
            .map_err(Ending::failed_for_good)?;
        let name = configuration.database_connection_string_name.as_deref();
        let source = self.find(name, capture).await?;
        let wanted = configuration.command_timeout_seconds.map(u64::from).map(Duration::from_secs);
        let limit = Limit::of(wanted.unwrap_or(COMMAND_TIMEOUT_DEFAULT), &source);
        let nothing = Map::new();
        let command = Command {
            procedure: &procedure,
            given: configuration.parameters.as_ref().unwrap_or(&nothing),
            label: format!("horarium execution {}", assignment.execution_id),
            server_limit: limit.of_server(),
        };
        match source.kind {
            DataSourceKind::Postgres => {
                self.mysql.forget(&source.name);
                limit.perform(&self.postgres.of(source, &self.context), &command).await
            }
            DataSourceKind::MySql => {
                self.postgres.forget(&source.name);
                limit.perform(&self.mysql.of(source, &self.context), &command).await
            }
            DataSourceKind::SqlServer => Err(not_supported(&source)),
        }
    }

    /// The data source, its password hidden from what the attempt prints.
    async fn find(&self, name: Option<&str>, capture: &Capture) -> Result<DataSource, Ending> {
        let Some(name) = name.map(str::trim).filter(|name| !name.is_empty()) else {
            return Err(Ending::failed_for_good(
                "no data source is named (jobConfiguration.databaseConnectionStringName)",
            ));
        };
        match self.data_sources.find(name).await {
            Ok(Some(source)) => {
                capture.hide([source.password.clone()]);
                Ok(source)
            }
            Ok(None) => {
                self.postgres.forget(name);
                self.mysql.forget(name);
                Err(not_defined(name))
            }
            Err(cause) => Err(Ending::failed(format!("looking up data source `{name}`: {cause}"))),
        }
    }
}

/// Whether a session of the pool, an idle or a new one, answers.
async fn answers<S: Session>(pool: &Arc<Pool<S>>) -> Result<(), String> {
    let place = timeout(CONNECT_LIMIT, pool.place()).await;
    let place = place.map_err(|_elapsed| "all connections of its pool are busy".to_owned())?;
    let lease = pool.session(place).await.map_err(|error| Failure::from(error).into_text())?;
    lease.give_back().await;
    Ok(())
}

/// What a call fails with on a server without data sources.
pub(super) fn without_data_sources(configuration: &Value) -> Ending {
    match configuration["databaseConnectionStringName"].as_str() {
        Some(name) => not_defined(name.trim()),
        None => Ending::failed_for_good(
            "no data source is named (jobConfiguration.databaseConnectionStringName), and this \
             server has none",
        ),
    }
}

fn not_supported(source: &DataSource) -> Ending {
    Ending::failed_for_good(format!("data source `{}`: {SQL_SERVER}", source.name))
}

fn not_defined(name: &str) -> Ending {
    Ending::failed_for_good(format!(
        "no data source named `{name}` (jobConfiguration.databaseConnectionStringName)"
    ))
}
