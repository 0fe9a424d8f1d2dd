//! Claims about API keys.

use horarium_api::enums::Role;
use horarium_core::{KeyId, UserId};
use uuid::Uuid;

use super::*;

fn new_key(role: Role) -> NewKey {
    NewKey { name: "ci".to_owned(), role, expires_at: None }
}

/// A logged-in principal, the administrator at that moment.
async fn administrator(fixture: &Fixture) -> Principal {
    let session = fixture.log_in(at(1)).await;
    fixture.principal(&session.access_token, at(1)).await.unwrap()
}

/// A second user, as seen by an endpoint.
async fn second_user(fixture: &Fixture, role: Role) -> Principal {
    use horarium_api::WireEnum as _;
    let id = UserId(Uuid::from_u128(2));
    let user = User {
        id,
        email: "bob@example.org".to_owned(),
        name: "bob".to_owned(),
        password_hash: hidden("none"),
        role: role.name().to_owned(),
        is_disabled: false,
        token_version: 1,
        created_at: at(0),
        updated_at: at(0),
        last_login_at: None,
    };
    fixture.store.insert_user(user).await.unwrap();
    let kind =
        PrincipalKind::User { id, email: "bob@example.org".to_owned(), session: Uuid::nil() };
    Principal { kind, role }
}

#[tokio::test]
async fn a_key_authenticates_as_itself_with_its_role() {
    let (fixture, user) = Fixture::set_up().await;
    let maker = administrator(&fixture).await;
    let made = fixture.auth.create_key(&maker, new_key(Role::Operator), at(1)).await.unwrap();
    let principal = fixture.principal(&made.text, at(2)).await.unwrap();
    assert_eq!((principal.role, principal.display_name()), (Role::Operator, "ci"));
    assert_eq!(principal.subject(), format!("key:{}", made.key.id));
    assert_eq!(principal.owner(), Some(user.id));
    assert_eq!(fixture.auth.me(&principal).await.unwrap(), None);
    assert!(made.text.expose().starts_with(&key_prefix(made.key.id)));
}

#[tokio::test]
async fn the_database_holds_no_usable_key() {
    let (fixture, _) = Fixture::set_up().await;
    let maker = administrator(&fixture).await;
    let made = fixture.auth.create_key(&maker, new_key(Role::Viewer), at(1)).await.unwrap();
    let stored = fixture.store.api_key_by_id(made.key.id).await.unwrap().unwrap();
    let secret = made.text.expose().rsplit('_').next().unwrap();
    assert!(!stored.key.secret_hash.expose().contains(secret));
    let from_dump = format!("{}_{}", key_prefix(made.key.id), stored.key.secret_hash.expose());
    assert!(fixture.principal(&hidden(&from_dump), at(2)).await.is_err());
}

#[tokio::test]
async fn a_key_with_another_secret_is_refused() {
    let (fixture, _) = Fixture::set_up().await;
    let maker = administrator(&fixture).await;
    let one = fixture.auth.create_key(&maker, new_key(Role::Viewer), at(1)).await.unwrap();
    let two = fixture.auth.create_key(&maker, new_key(Role::Viewer), at(1)).await.unwrap();
    let prefix = key_prefix(one.key.id).len();
    let mixed = format!("{}{}", &one.text.expose()[..prefix], &two.text.expose()[prefix..]);
    let unknown = format!("{}{}", key_prefix(KeyId(Uuid::max())), &one.text.expose()[prefix..]);
    for text in [mixed, unknown, "hor_".to_owned(), "hor_x_y".to_owned()] {
        let refused = fixture.principal(&hidden(&text), at(2)).await;
        assert!(matches!(refused, Err(AuthError::BadKey)), "{refused:?}");
    }
    // Refused while it is remembered, too.
    fixture.principal(&one.text, at(2)).await.unwrap();
    let text = format!("{}{}", &one.text.expose()[..prefix], &two.text.expose()[prefix..]);
    assert!(fixture.principal(&hidden(&text), at(2)).await.is_err());
}

#[tokio::test]
async fn a_revoked_key_is_refused_on_every_node_within_a_second() {
    let (fixture, _) = Fixture::set_up().await;
    let other_node = fixture.other_node().await;
    let maker = administrator(&fixture).await;
    let made = fixture.auth.create_key(&maker, new_key(Role::Viewer), at(1)).await.unwrap();
    let headers = bearer(&made.text);
    fixture.auth.authenticate(&headers, at(2)).await.unwrap();
    other_node.authenticate(&headers, at(2)).await.unwrap();

    assert!(fixture.auth.revoke_key(&maker, made.key.id, at(2)).await.unwrap());
    let here = fixture.auth.authenticate(&headers, at(2)).await;
    assert!(matches!(here, Err(AuthError::BadKey)), "{here:?}");
    let there = other_node.authenticate(&headers, at(3)).await;
    assert!(matches!(there, Err(AuthError::BadKey)), "{there:?}");
    assert!(!fixture.auth.revoke_key(&maker, made.key.id, at(4)).await.unwrap(), "once");
}

#[tokio::test]
async fn a_key_ends_at_its_expiry_also_while_it_is_remembered() {
    let (fixture, _) = Fixture::set_up().await;
    let maker = administrator(&fixture).await;
    let new = NewKey { expires_at: Some(at(10)), ..new_key(Role::Viewer) };
    let made = fixture.auth.create_key(&maker, new, at(1)).await.unwrap();
    let almost = at(10) - SignedDuration::from_millis(1);
    assert!(fixture.principal(&made.text, almost).await.is_ok());
    assert!(matches!(fixture.principal(&made.text, at(10)).await, Err(AuthError::BadKey)));
}

#[tokio::test]
async fn nobody_makes_a_key_above_their_role_or_already_over() {
    let (fixture, _) = Fixture::set_up().await;
    let bob = second_user(&fixture, Role::Operator).await;
    let made = fixture.auth.create_key(&bob, new_key(Role::Administrator), at(1)).await;
    assert!(matches!(made, Err(AuthError::RoleTooHigh)));
    let over = NewKey { expires_at: Some(at(1)), ..new_key(Role::Viewer) };
    let made = fixture.auth.create_key(&bob, over, at(1)).await;
    assert!(matches!(made, Err(AuthError::ExpiryInPast)));
    assert!(fixture.auth.create_key(&bob, new_key(Role::Operator), at(1)).await.is_ok());
}

#[tokio::test]
async fn a_key_makes_no_key_that_outlives_it() {
    let (fixture, user) = Fixture::set_up().await;
    let maker = administrator(&fixture).await;
    let ending = |expires_at| NewKey { expires_at, ..new_key(Role::Operator) };
    let made = fixture.auth.create_key(&maker, ending(Some(at(100))), at(1)).await.unwrap();
    let key = fixture.principal(&made.text, at(2)).await.unwrap();
    for expires_at in [None, Some(at(101))] {
        let child = fixture.auth.create_key(&key, ending(expires_at), at(2)).await;
        assert!(matches!(child, Err(AuthError::ExpiryTooLate)), "{expires_at:?}");
    }
    let child = fixture.auth.create_key(&key, ending(Some(at(100))), at(2)).await.unwrap();
    assert_eq!(child.key.user_id, Some(user.id), "it belongs to the person");
}

#[tokio::test]
async fn a_key_is_worth_no_more_than_its_owner() {
    let (fixture, user) = Fixture::set_up().await;
    let maker = administrator(&fixture).await;
    let made = fixture.auth.create_key(&maker, new_key(Role::Administrator), at(1)).await.unwrap();
    let role = async |now| fixture.principal(&made.text, now).await.map(|found| found.role);
    assert_eq!(role(at(2)).await.unwrap(), Role::Administrator);
    fixture.store.set_role(user.id, "Viewer".to_owned(), at(2)).await.unwrap();
    assert_eq!(role(at(3)).await.unwrap(), Role::Viewer);
    fixture.store.disable_user(user.id, at(3)).await.unwrap();
    assert!(matches!(role(at(4)).await, Err(AuthError::BadKey)));
}

#[tokio::test]
async fn a_user_sees_and_ends_own_keys_and_an_administrator_all() {
    let (fixture, _) = Fixture::set_up().await;
    let (ada, bob) = (administrator(&fixture).await, second_user(&fixture, Role::Operator).await);
    let adas = fixture.auth.create_key(&ada, new_key(Role::Viewer), at(1)).await.unwrap().key;
    let bobs = fixture.auth.create_key(&bob, new_key(Role::Viewer), at(2)).await.unwrap().key;
    let ids = async |principal: &Principal| {
        let keys = fixture.auth.keys(principal, None).await.unwrap();
        keys.into_iter().map(|owned| owned.key.id).collect::<Vec<_>>()
    };
    assert_eq!(ids(&ada).await, [adas.id, bobs.id]);
    assert_eq!(ids(&bob).await, [bobs.id]);
    assert!(!fixture.auth.revoke_key(&bob, adas.id, at(3)).await.unwrap());
    assert!(!fixture.auth.revoke_key(&bob, KeyId(Uuid::nil()), at(3)).await.unwrap());
    assert!(fixture.auth.revoke_key(&bob, bobs.id, at(3)).await.unwrap());
    assert_eq!(ids(&bob).await, []);
}

#[tokio::test]
async fn a_use_is_noted_at_most_once_a_minute() {
    let (fixture, _) = Fixture::set_up().await;
    let maker = administrator(&fixture).await;
    let made = fixture.auth.create_key(&maker, new_key(Role::Viewer), at(1)).await.unwrap();
    let check = async |now: i64, noted: i64| {
        fixture.principal(&made.text, at(now)).await.unwrap();
        let found = fixture.store.api_key_by_id(made.key.id).await.unwrap().unwrap();
        assert_eq!(found.key.last_used_at, Some(at(noted)), "{now}");
    };
    check(2, 2).await;
    check(3, 2).await;
    check(61, 2).await;
    check(62, 62).await;
    check(63, 62).await;
}
