//! Claims about people who can log in.

use horarium_core::UserId;
use horarium_store::{Hidden, StoreError, User};
use jiff::Timestamp;
use uuid::Uuid;

use super::support::{at, together};

/// A user as most tests want one; `n` tells them apart and orders them.
pub(super) fn user(n: u128) -> User {
    User {
        id: UserId(Uuid::from_u128(n)),
        email: format!("Person{n}@Example.org"),
        name: format!("Person {n}"),
        password_hash: Hidden::new("$argon2id$one"),
        role: "Operator".to_owned(),
        is_disabled: false,
        token_version: 1,
        created_at: at(0),
        updated_at: at(0),
        last_login_at: None,
    }
}

both_databases!(a_user_reads_back_as_stored, |store| async {
    let stored = User { is_disabled: true, last_login_at: Some(at(7)), ..user(1) };
    store.insert_user(stored.clone()).await.unwrap();
    assert_eq!(store.user_by_id(stored.id).await.unwrap(), Some(stored.clone()));
    assert_eq!(store.user_by_email("PERSON1@example.ORG").await.unwrap(), Some(stored));
    assert_eq!(store.user_by_id(user(2).id).await.unwrap(), None);
    assert_eq!(store.user_by_email("person2@example.org").await.unwrap(), None);
});

both_databases!(an_address_belongs_to_one_user_whatever_its_case, |store| async {
    store.insert_user(user(1)).await.unwrap();
    let second = User { email: "PERSON1@example.org".to_owned(), ..user(2) };
    let err = store.insert_user(second).await.unwrap_err();
    assert!(matches!(err, StoreError::Duplicate("a user with this email")), "{err}");
    assert_eq!(store.count_users().await.unwrap(), 1);
});

both_databases!(of_two_users_with_one_address_one_is_stored, |store| async {
    let calls = (0..8).map(|n| {
        let (store, user) = (store.clone(), User { email: "a@b.c".to_owned(), ..user(n) });
        tokio::spawn(async move { store.insert_user(user).await.is_ok() })
    });
    let mut stored = 0;
    for call in calls.collect::<Vec<_>>() {
        stored += i32::from(call.await.unwrap());
    }
    assert_eq!(stored, 1);
    assert_eq!(store.count_users().await.unwrap(), 1);
});

both_databases!(of_many_first_users_at_once_one_wins, |store| async {
    let won = together(16, |n| {
        let store = store.clone();
        async move { store.first_user(user(u128::from(n))).await }
    });
    assert_eq!(won.await.into_iter().filter(|won| *won).count(), 1);
    assert_eq!(store.count_users().await.unwrap(), 1);
});

both_databases!(there_is_no_first_user_after_any_user, |store| async {
    store.insert_user(User { is_disabled: true, ..user(1) }).await.unwrap();
    assert!(!store.first_user(user(2)).await.unwrap());
});

both_databases!(users_are_listed_in_the_order_of_their_ids, |store| async {
    for n in [3, 1, 2] {
        store.insert_user(user(n)).await.unwrap();
    }
    let ids = |users: Vec<User>| users.iter().map(|u| u.id.0.as_u128()).collect::<Vec<_>>();
    assert_eq!(ids(store.users(None, 10).await.unwrap()), [1, 2, 3]);
    assert_eq!(ids(store.users(None, 2).await.unwrap()), [1, 2]);
    assert_eq!(ids(store.users(Some(user(2).id), 10).await.unwrap()), [3]);
});

both_databases!(what_ends_access_tokens_raises_the_token_version, |store| async {
    let id = user(1).id;
    store.insert_user(user(1)).await.unwrap();
    let read = async || store.user_by_id(id).await.unwrap().unwrap();

    assert!(store.set_password(id, Hidden::new("$argon2id$two"), at(1)).await.unwrap());
    let changed = read().await;
    assert_eq!((changed.password_hash.expose(), changed.token_version), ("$argon2id$two", 2));
    assert_eq!(changed.updated_at, at(1));

    assert!(store.set_role(id, "Viewer".to_owned(), at(2)).await.unwrap());
    let changed = read().await;
    assert_eq!((changed.role.as_str(), changed.token_version), ("Viewer", 3));

    assert!(store.disable_user(id, at(3)).await.unwrap());
    let changed = read().await;
    assert_eq!((changed.is_disabled, changed.token_version, changed.updated_at), (true, 4, at(3)));

    assert!(store.enable_user(id, at(4)).await.unwrap());
    let changed = read().await;
    assert_eq!((changed.is_disabled, changed.token_version), (false, 4));
});

both_databases!(a_change_of_nobody_or_to_the_same_says_so, |store| async {
    let (id, nobody) = (user(1).id, user(2).id);
    store.insert_user(user(1)).await.unwrap();
    assert!(!store.set_password(nobody, Hidden::new("x"), at(1)).await.unwrap());
    assert!(!store.set_role(nobody, "Viewer".to_owned(), at(1)).await.unwrap());
    assert!(!store.disable_user(nobody, at(1)).await.unwrap());
    assert!(!store.enable_user(id, at(1)).await.unwrap());
    assert!(store.disable_user(id, at(1)).await.unwrap());
    assert!(!store.disable_user(id, at(2)).await.unwrap());
    assert!(!store.touch_login(nobody, at(2)).await.unwrap());
});

both_databases!(a_login_is_noted_and_never_an_older_one, |store| async {
    let id = user(1).id;
    store.insert_user(user(1)).await.unwrap();
    let noted = async |now: Timestamp| store.touch_login(id, now).await.unwrap();
    assert!(noted(at(5)).await);
    assert!(!noted(at(4)).await);
    assert!(noted(at(6)).await);
    assert_eq!(store.user_by_id(id).await.unwrap().unwrap().last_login_at, Some(at(6)));
});
