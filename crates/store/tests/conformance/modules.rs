//! Claims about WebAssembly modules.

use horarium_core::ModuleId;
use horarium_store::{Added, MODULE_VERSIONS_MAX, Module, NewModule, Store};
use uuid::Uuid;

use super::support::{at, together};

fn new(n: u128, name: &str, code: &[u8]) -> NewModule {
    NewModule {
        id: ModuleId(Uuid::from_u128(n)),
        name: name.to_owned(),
        sha256: format!("hash of {code:?}"),
        code: code.to_vec(),
        description: (n == 1).then(|| "the first".to_owned()),
        created_by: "admin@example.com".to_owned(),
        created_at: at(0),
    }
}

async fn add(store: &Store, n: u128, name: &str, code: &[u8]) -> Module {
    match store.add_module(new(n, name, code)).await.unwrap() {
        Added::New(module) => module,
        other => panic!("{other:?}"),
    }
}

/// Names and versions.
fn shown(modules: &[Module]) -> Vec<(&str, u32)> {
    modules.iter().map(|module| (module.name.as_str(), module.version)).collect()
}

both_databases!(a_module_reads_back_as_stored, |store| async {
    // Bytes that are neither UTF-8 nor free of NUL.
    let code = [0, 0x61, 0x73, 0x6d, 0xff, 0];
    let added = add(&store, 1, "reports", &code).await;
    let expect = Module {
        id: ModuleId(Uuid::from_u128(1)),
        name: "reports".to_owned(),
        version: 1,
        sha256: format!("hash of {code:?}"),
        size_bytes: 6,
        description: Some("the first".to_owned()),
        created_by: "admin@example.com".to_owned(),
        created_at: at(0),
    };
    assert_eq!(added, expect);
    assert_eq!(store.module_by_id(added.id).await.unwrap(), Some(expect.clone()));
    assert_eq!(store.module("reports", None).await.unwrap(), Some(expect));
    assert_eq!(store.module_code(added.id).await.unwrap().as_deref(), Some(&code[..]));
});

both_databases!(
    the_newest_version_of_each_module_is_listed_and_older_ones_by_name,
    |store| async {
        add(&store, 1, "b", b"1").await;
        add(&store, 2, "b", b"2").await;
        add(&store, 3, "a", b"1").await;
        assert_eq!(shown(&store.modules().await.unwrap()), [("a", 1), ("b", 2)]);
        assert_eq!(shown(&store.module_versions("b").await.unwrap()), [("b", 2), ("b", 1)]);
        assert_eq!(store.module("b", None).await.unwrap().unwrap().version, 2);
        assert_eq!(store.module("b", Some(1)).await.unwrap().unwrap().version, 1);
        assert_eq!(store.module("b", Some(3)).await.unwrap(), None);
        assert_eq!(store.module("c", None).await.unwrap(), None);
    }
);

both_databases!(the_same_code_again_is_no_new_version, |store| async {
    let first = add(&store, 1, "a", b"1").await;
    let again = store.add_module(new(2, "a", b"1")).await.unwrap();
    assert_eq!(again, Added::Present(first));
    // Back to what it was before is new.
    add(&store, 3, "a", b"2").await;
    assert_eq!(add(&store, 4, "a", b"1").await.version, 3);
});

both_databases!(the_number_of_a_deleted_version_is_not_given_again, |store| async {
    let first = add(&store, 1, "a", b"1").await;
    assert!(store.delete_module(first.id).await.unwrap());
    assert!(!store.delete_module(first.id).await.unwrap());
    assert_eq!(store.module_code(first.id).await.unwrap(), None);
    assert_eq!(store.modules().await.unwrap(), []);
    assert_eq!(add(&store, 2, "a", b"1").await.version, 2);
});

both_databases!(versions_that_come_at_once_get_numbers_of_their_own, |store| async {
    let added = together(8, |n| {
        let store = store.clone();
        async move { Ok(add(&store, u128::from(n), "a", &n.to_le_bytes()).await.version) }
    });
    let mut versions = added.await;
    versions.sort_unstable();
    assert_eq!(versions, [1, 2, 3, 4, 5, 6, 7, 8]);
});

both_databases!(there_are_no_more_versions_than_there_may_be, |store| async {
    for n in 0..MODULE_VERSIONS_MAX {
        add(&store, n.into(), "a", &n.to_le_bytes()).await;
    }
    let beyond = new(u128::from(MODULE_VERSIONS_MAX), "b", b"1");
    assert_eq!(store.add_module(beyond.clone()).await.unwrap(), Added::TooMany);
    assert!(store.delete_module(ModuleId(Uuid::from_u128(0))).await.unwrap());
    assert!(matches!(store.add_module(beyond).await.unwrap(), Added::New(_)));
});
