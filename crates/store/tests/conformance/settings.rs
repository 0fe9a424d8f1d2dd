//! Claims about settings.

use horarium_store::Hidden;

use super::support::together;

both_databases!(a_setting_is_what_was_set_last, |store| async {
    assert_eq!(store.setting("colour").await.unwrap(), None);
    store.set_setting("colour", Hidden::new("red")).await.unwrap();
    store.set_setting("colour", Hidden::new("blue")).await.unwrap();
    assert_eq!(store.setting("colour").await.unwrap(), Some(Hidden::new("blue")));
    assert_eq!(store.setting("shape").await.unwrap(), None);
});

both_databases!(nodes_that_start_together_agree_on_one_value, |store| async {
    let agreed = together(16, |n| {
        let store = store.clone();
        async move { store.get_or_insert_setting("key", Hidden::new(format!("node {n}"))).await }
    });
    let agreed = agreed.await;
    assert!(agreed.iter().all(|value| *value == agreed[0]), "several values");
    assert_eq!(store.setting("key").await.unwrap().as_ref(), agreed.first());
});

both_databases!(a_value_is_taken_by_one, |store| async {
    store.set_setting("token", Hidden::new("a")).await.unwrap();
    assert!(!store.take_setting("token", Hidden::new("b")).await.unwrap());
    let taken = together(16, |_| {
        let store = store.clone();
        async move { store.take_setting("token", Hidden::new("a")).await }
    });
    assert_eq!(taken.await.into_iter().filter(|taken| *taken).count(), 1);
    assert_eq!(store.setting("token").await.unwrap(), None);
});
