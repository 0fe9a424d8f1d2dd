//! Claims about refresh tokens and API keys.

use horarium_core::KeyId;
use horarium_store::{
    ApiKey, Hidden, KeyOwner, REFRESH_TOKENS_PURGED_MAX, RefreshToken, Rotated, Rotation, Store,
    StoreError, User,
};
use jiff::Timestamp;
use uuid::Uuid;

use super::{
    support::{at, together},
    users::user,
};

const FAMILY: Uuid = Uuid::from_u128(77);

fn token(hash: &str) -> RefreshToken {
    RefreshToken {
        hash: Hidden::new(hash),
        family: FAMILY,
        user_id: user(1).id,
        issued_at: at(0),
        expires_at: at(100),
        family_ends_at: at(150),
    }
}

async fn logged_in(store: &Store) {
    store.insert_user(user(1)).await.unwrap();
    assert!(store.insert_refresh_token(token("a"), 1).await.unwrap());
}

async fn rotate(store: &Store, old: &str, new: &str, now: Timestamp) -> Rotated {
    let rotation = Rotation {
        old_hash: Hidden::new(old),
        new_hash: Hidden::new(new),
        new_expires_at: now + jiff::SignedDuration::from_secs(100),
    };
    store.rotate_refresh_token(rotation, now).await.unwrap()
}

async fn is_open(store: &Store) -> bool {
    store.session_state(user(1).id, FAMILY).await.unwrap().unwrap().is_open
}

both_databases!(a_token_is_exchanged_for_the_next_until_its_family_ends, |store| async {
    logged_in(&store).await;
    let rotated =
        |expires_at| Rotated::Rotated { user: Box::new(user(1)), family: FAMILY, expires_at };
    assert_eq!(rotate(&store, "a", "b", at(10)).await, rotated(at(110)));
    assert_eq!(rotate(&store, "b", "c", at(60)).await, rotated(at(150)));
    assert_eq!(rotate(&store, "c", "d", at(150)).await, Rotated::Expired);
});

both_databases!(a_token_shown_twice_ends_its_family, |store| async {
    logged_in(&store).await;
    rotate(&store, "a", "b", at(10)).await;
    let reused = Rotated::Reused { user_id: user(1).id, family: FAMILY };
    assert_eq!(rotate(&store, "a", "x", at(11)).await, reused);
    assert_eq!(rotate(&store, "b", "c", at(12)).await, Rotated::Unknown);
    assert!(!is_open(&store).await);
});

both_databases!(a_token_shown_many_times_at_once_leaves_no_family, |store| async {
    logged_in(&store).await;
    let answers = together(8, |n| {
        let store = store.clone();
        async move { Ok(rotate(&store, "a", &format!("b{n}"), at(10)).await) }
    });
    let answers = answers.await;
    let n_rotated = answers.iter().filter(|a| matches!(a, Rotated::Rotated { .. })).count();
    assert_eq!(n_rotated, 1, "{answers:?}");
    assert!(!is_open(&store).await);
});

both_databases!(an_expired_or_unknown_token_is_told_apart, |store| async {
    logged_in(&store).await;
    assert_eq!(rotate(&store, "nothing", "b", at(10)).await, Rotated::Unknown);
    assert_eq!(rotate(&store, "a", "b", at(100)).await, Rotated::Expired);
    // It was not used up by that: an instant earlier it is good.
    assert!(matches!(rotate(&store, "a", "b", at(99)).await, Rotated::Rotated { .. }));
});

both_databases!(a_family_ends_alone, |store| async {
    logged_in(&store).await;
    let other = RefreshToken { family: Uuid::from_u128(78), ..token("other") };
    store.insert_refresh_token(other, 1).await.unwrap();
    assert!(!store.revoke_family(user(2).id, FAMILY).await.unwrap(), "of another user");
    assert!(store.revoke_family(user(1).id, FAMILY).await.unwrap());
    assert!(!store.revoke_family(user(1).id, FAMILY).await.unwrap());
    assert_eq!(rotate(&store, "a", "b", at(1)).await, Rotated::Unknown);
    assert!(matches!(rotate(&store, "other", "b", at(1)).await, Rotated::Rotated { .. }));
});

both_databases!(every_login_of_a_user_ends_with_a_new_password_or_a_lock, |store| async {
    logged_in(&store).await;
    assert!(is_open(&store).await);
    store.set_password(user(1).id, Hidden::new("new"), at(1)).await.unwrap();
    assert!(!is_open(&store).await);

    store.insert_refresh_token(token("b"), 2).await.unwrap();
    store.disable_user(user(1).id, at(2)).await.unwrap();
    assert!(!is_open(&store).await);

    store.enable_user(user(1).id, at(3)).await.unwrap();
    store.insert_refresh_token(token("c"), 3).await.unwrap();
    assert!(store.revoke_user(user(1).id).await.unwrap());
    assert!(!store.revoke_user(user(1).id).await.unwrap());
    assert_eq!(store.session_state(user(2).id, FAMILY).await.unwrap(), None);
});

both_databases!(no_login_begins_with_a_password_that_has_changed_since, |store| async {
    store.insert_user(user(1)).await.unwrap();
    assert!(!store.insert_refresh_token(token("a"), 0).await.unwrap());
    store.disable_user(user(1).id, at(1)).await.unwrap();
    assert!(!store.insert_refresh_token(token("a"), 2).await.unwrap());
    let nobodys = RefreshToken { user_id: user(2).id, ..token("a") };
    assert!(!store.insert_refresh_token(nobodys, 1).await.unwrap());
});

both_databases!(expired_tokens_are_forgotten_a_bounded_number_at_a_time, |store| async {
    logged_in(&store).await;
    let n_max = i64::from(REFRESH_TOKENS_PURGED_MAX);
    let inserted = (0..=n_max).map(|n| {
        let expired = RefreshToken { expires_at: at(10), ..token(&format!("old {n}")) };
        store.insert_refresh_token(expired, 1)
    });
    for insert in inserted {
        insert.await.unwrap();
    }
    assert_eq!(store.purge_refresh_tokens(at(9)).await.unwrap(), 0);
    assert_eq!(store.purge_refresh_tokens(at(10)).await.unwrap(), n_max.unsigned_abs());
    assert_eq!(store.purge_refresh_tokens(at(10)).await.unwrap(), 1);
    assert!(is_open(&store).await);
});

fn key(n: u128) -> ApiKey {
    ApiKey {
        id: KeyId(Uuid::from_u128(n)),
        name: format!("key {n}"),
        secret_hash: Hidden::new("0123"),
        role: "Viewer".to_owned(),
        user_id: None,
        created_at: at(0),
        expires_at: Some(at(100)),
        last_used_at: None,
        revoked_at: None,
    }
}

both_databases!(a_key_reads_back_as_stored_with_its_owner, |store| async {
    store.insert_user(User { role: "Administrator".to_owned(), ..user(1) }).await.unwrap();
    let stored = ApiKey { user_id: Some(user(1).id), ..key(1) };
    store.insert_api_key(stored.clone()).await.unwrap();
    store.insert_api_key(ApiKey { expires_at: None, ..key(2) }).await.unwrap();

    let found = store.api_key_by_id(stored.id).await.unwrap().unwrap();
    let owner =
        KeyOwner { email: user(1).email, role: "Administrator".to_owned(), is_disabled: false };
    assert_eq!((found.key, found.owner), (stored, Some(owner)));
    let found = store.api_key_by_id(key(2).id).await.unwrap().unwrap();
    assert_eq!((found.key, found.owner), (ApiKey { expires_at: None, ..key(2) }, None));
    assert_eq!(store.api_key_by_id(key(3).id).await.unwrap(), None);
});

both_databases!(an_id_belongs_to_one_key, |store| async {
    store.insert_api_key(key(1)).await.unwrap();
    let err = store.insert_api_key(key(1)).await.unwrap_err();
    assert!(matches!(err, StoreError::Duplicate("an API key with this id")), "{err}");
});

both_databases!(of_many_first_keys_at_once_one_wins, |store| async {
    let won = together(16, |n| {
        let store = store.clone();
        async move { store.first_api_key(key(u128::from(n))).await }
    });
    assert_eq!(won.await.into_iter().filter(|won| *won).count(), 1);
    let keys = store.api_keys(None, None, 10).await.unwrap();
    assert_eq!(keys.len(), 1);
    store.revoke_api_key(keys[0].key.id, at(1)).await.unwrap();
    assert!(!store.first_api_key(key(99)).await.unwrap(), "a revoked key is a key");
});

both_databases!(live_keys_are_listed_by_owner_in_the_order_of_their_ids, |store| async {
    store.insert_user(user(1)).await.unwrap();
    for n in [3, 1, 2] {
        let user_id = (n != 2).then(|| user(1).id);
        store.insert_api_key(ApiKey { user_id, ..key(n) }).await.unwrap();
    }
    let list = async |owner, after, n_max| {
        let keys = store.api_keys(owner, after, n_max).await.unwrap();
        keys.iter().map(|owned| owned.key.id.0.as_u128()).collect::<Vec<_>>()
    };
    assert_eq!(list(None, None, 10).await, [1, 2, 3]);
    assert_eq!(list(None, Some(key(1).id), 1).await, [2]);
    assert_eq!(list(Some(user(1).id), None, 10).await, [1, 3]);
    store.revoke_api_key(key(1).id, at(1)).await.unwrap();
    assert_eq!(list(None, None, 10).await, [2, 3]);
});

both_databases!(a_key_is_revoked_once, |store| async {
    store.insert_api_key(key(1)).await.unwrap();
    assert!(store.revoke_api_key(key(1).id, at(1)).await.unwrap());
    assert!(!store.revoke_api_key(key(1).id, at(2)).await.unwrap());
    assert!(!store.revoke_api_key(key(2).id, at(2)).await.unwrap());
    let found = store.api_key_by_id(key(1).id).await.unwrap().unwrap();
    assert_eq!(found.key.revoked_at, Some(at(1)));
});

both_databases!(a_use_is_noted_and_never_an_older_one, |store| async {
    store.insert_api_key(key(1)).await.unwrap();
    assert!(store.touch_api_key(key(1).id, at(5)).await.unwrap());
    assert!(!store.touch_api_key(key(1).id, at(4)).await.unwrap());
    assert!(!store.touch_api_key(key(2).id, at(6)).await.unwrap());
    let found = store.api_key_by_id(key(1).id).await.unwrap().unwrap();
    assert_eq!(found.key.last_used_at, Some(at(5)));
});
