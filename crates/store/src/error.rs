//! Why a store call did not do what it was asked.

/// Everything that can go wrong below the engine. Not found is `Ok(None)`, never an error.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database cannot be used now; it may recover. Nothing of the call took effect, unless the
    /// connection broke during the commit itself.
    #[error("the database is not available: {during}")]
    Unavailable {
        during: String,
        #[source]
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
    /// More writes wait than [`crate::sqlite::WRITES_WAITING_MAX`]; nothing was done.
    #[error("the database has more work waiting than it can take")]
    Overloaded,
    /// What the change was based on changed meanwhile; the transaction was undone.
    #[error("changed since it was read")]
    Moved,
    /// A unique key refused the row; nothing was done.
    #[error("{0} exists already")]
    Duplicate(&'static str),
    /// A stored row does not read back as what was stored.
    #[error("bad row in {table}: {problem}")]
    BadRow { table: &'static str, problem: String },
    /// A statement the database refused: a defect of ours.
    #[error("the database refused a statement: {during}")]
    Refused {
        during: String,
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The database belongs to another version of this program, or to another process.
    #[error("{0}")]
    Unusable(String),
}

impl StoreError {
    pub(crate) fn unavailable(
        during: impl Into<String>,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self::Unavailable { during: during.into(), source: Some(source.into()) }
    }

    pub(crate) fn bad_row(table: &'static str, problem: impl Into<String>) -> Self {
        Self::BadRow { table, problem: problem.into() }
    }

    /// Whether asking again later may help.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Unavailable { .. } | Self::Overloaded)
    }
}

/// `false` for a change that found its ground moved and undid itself.
pub(crate) fn unless_moved(outcome: Result<()>) -> Result<bool> {
    match outcome {
        Ok(()) => Ok(true),
        Err(StoreError::Moved) => Ok(false),
        Err(err) => Err(err),
    }
}

pub type Result<T, E = StoreError> = std::result::Result<T, E>;
