//! Secrets planted in every field that may hold one, jobs that print them, and then a search through
//! everything the server wrote, logged and answered. Nothing may be found (invariant 9).

#![expect(clippy::unwrap_used, reason = "what a test cannot go on without ends it")]

mod plant;
mod search;

use horarium_testkit::{ServerCommand, ServerProcess, TestDatabase, Witness};

use plant::{API_KEY, Planted};
use search::Search;

async fn server(database: Option<&TestDatabase>) -> ServerProcess {
    let mut command = ServerCommand::new(env!("CARGO_BIN_EXE_horarium"))
        .args(["serve", "--listen", "127.0.0.1:{port}", "--data-dir", "{data}"])
        .env("HORARIUM_BOOTSTRAP_API_KEY", API_KEY)
        // Everything that our own code says, and what the libraries say of note.
        .env("HORARIUM_LOG__FILTER", "debug,horarium_server=trace,horarium_worker=trace");
    if let Some(database) = database {
        command = command.env("HORARIUM_DATABASE_URL", database.url());
    }
    command.start().await
}

/// Plants, runs, searches; `stored` gives what the database holds after the server has ended.
async fn nothing_leaks(
    database: Option<&TestDatabase>,
    stored: impl Fn(&ServerProcess) -> Vec<(String, Vec<u8>)>,
) {
    let (witness, jobs_database) = (Witness::start().await, TestDatabase::create());
    let mut server = server(database).await;
    let planted = Planted::new(&server, &witness, &jobs_database).await;
    planted.run().await;
    planted.assert_arrived(&witness);

    let mut search = Search::for_all(planted.canaries());
    for (path, answer) in planted.answers().await {
        search.through(&format!("the answer of {path}"), answer.as_bytes());
    }
    assert_eq!(server.terminate().await.code(), Some(0));
    for (name, bytes) in stored(&server) {
        search.through(&name, &bytes);
    }
    search.through("the log", server.log().as_bytes());
    search.found_nothing();
}

#[tokio::test(flavor = "multi_thread")]
async fn no_planted_secret_is_found_with_sqlite() {
    nothing_leaks(None, |server| {
        let files = std::fs::read_dir(server.data_dir()).unwrap();
        let files = files.map(|file| file.unwrap().path());
        let read: Vec<_> =
            files.map(|path| (path.display().to_string(), std::fs::read(&path).unwrap())).collect();
        assert!(read.iter().any(|(_, bytes)| bytes.starts_with(b"SQLite format 3")));
        read
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_planted_secret_is_found_with_postgres() {
    let database = TestDatabase::create();
    nothing_leaks(Some(&database), |_| {
        let tables = database.psql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'");
        let tables: Vec<&str> = tables.lines().collect();
        assert!(tables.contains(&"outputs") && tables.contains(&"secrets"), "{tables:?}");
        let rows = |table: &&str| {
            let rows = database.psql(&format!("SELECT t::text FROM \"{table}\" t"));
            ((*table).to_owned(), rows.into_bytes())
        };
        tables.iter().map(rows).collect()
    })
    .await;
}
