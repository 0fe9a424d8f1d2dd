//! Data sources: unique names, guarded changes.

use horarium_core::DataSourceId;
use horarium_store::{Hidden, StoreError, StoredDataSource};
use uuid::Uuid;

use super::support::{at, together};

fn source(name: &str) -> StoredDataSource {
    StoredDataSource {
        id: DataSourceId(Uuid::now_v7()),
        name: name.to_owned(),
        kind: "PostgreSql".to_owned(),
        host: "db".to_owned(),
        port: 65_535,
        database: "app".to_owned(),
        user: "horarium".to_owned(),
        password: Some(Hidden::new("sealed")),
        tls: "VerifyFull".to_owned(),
        tls_ca: None,
        allowed_procedures: vec!["reports.*".to_owned()],
        statement_timeout_seconds: 300,
        pool_size: 4,
        version: 1,
        created_at: at(0),
        updated_at: at(0),
        updated_by: "ops".to_owned(),
    }
}

both_databases!(a_data_source_reads_back_by_id_and_by_name, |store| async {
    let stored = source("Reports");
    store.insert_data_source(stored.clone()).await.unwrap();
    assert_eq!(store.data_source(stored.id).await.unwrap().as_ref(), Some(&stored));
    assert_eq!(store.data_source_named("rePORTS").await.unwrap().as_ref(), Some(&stored));
    assert_eq!(store.data_source_named("other").await.unwrap(), None);
    let other = source("archive");
    store.insert_data_source(other.clone()).await.unwrap();
    assert_eq!(store.data_sources().await.unwrap(), [other, stored]);
});

both_databases!(of_equal_names_one_wins, |store| async {
    let made = together(8, |n| {
        let store = store.clone();
        let name = if n % 2 == 0 { "Reports" } else { "REPORTS" };
        async move { Ok(store.insert_data_source(source(name)).await) }
    });
    let made = made.await;
    assert_eq!(made.iter().filter(|made| made.is_ok()).count(), 1);
    assert!(
        made.iter().all(|made| matches!(made, Ok(()) | Err(StoreError::Duplicate(_)))),
        "{made:?}"
    );
    let other = source("other");
    store.insert_data_source(other.clone()).await.unwrap();
    let renamed = StoredDataSource { name: "reports".to_owned(), ..other };
    let refused = store.replace_data_source(renamed).await;
    assert!(matches!(refused, Err(StoreError::Duplicate(_))), "{refused:?}");
});

both_databases!(a_data_source_changes_only_from_the_version_that_was_read, |store| async {
    let old = source("Reports");
    store.insert_data_source(old.clone()).await.unwrap();
    let new = StoredDataSource { name: "Figures".to_owned(), pool_size: 8, ..old.clone() };
    assert!(store.replace_data_source(new.clone()).await.unwrap());
    assert!(!store.replace_data_source(new.clone()).await.unwrap());
    let found = store.data_source(old.id).await.unwrap().unwrap();
    assert_eq!(found, StoredDataSource { version: 2, ..new });

    let (sealed, other) = (Hidden::new("sealed"), Hidden::new("sealed anew"));
    assert!(store.reseal_data_source(old.id, sealed.clone(), other.clone()).await.unwrap());
    assert!(!store.reseal_data_source(old.id, sealed, other).await.unwrap());
    assert!(store.delete_data_source(old.id).await.unwrap());
    assert!(!store.delete_data_source(old.id).await.unwrap());
});
