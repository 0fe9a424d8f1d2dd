//! Claims about logging in, staying in and leaving.

use super::*;
use horarium_api::enums::Role;

#[tokio::test]
async fn a_login_gives_tokens_that_work() {
    let (fixture, user) = Fixture::set_up().await;
    let session = fixture.log_in(at(1)).await;
    assert_eq!(session.access_expires_at, at(1) + SignedDuration::from_mins(15));
    assert_eq!(session.refresh_expires_at, at(1) + SignedDuration::from_hours(7 * 24));

    let principal = fixture.principal(&session.access_token, at(2)).await.unwrap();
    assert_eq!(principal.role, Role::Administrator);
    assert_eq!(principal.display_name(), EMAIL);
    assert_eq!(principal.subject(), format!("user:{}", user.id));
    let me = fixture.auth.me(&principal).await.unwrap().unwrap();
    assert_eq!((me.id, me.last_login_at), (user.id, Some(at(1))));
}

#[tokio::test]
async fn an_address_is_taken_in_any_case_and_with_blanks_around() {
    let (fixture, _) = Fixture::set_up().await;
    let login = fixture.auth.login(" ADA@example.ORG ", &hidden(PASSWORD), home(), at(1)).await;
    assert!(login.is_ok());
}

#[tokio::test]
async fn a_stranger_and_a_wrong_password_get_one_answer_for_one_verification_each() {
    let (fixture, _) = Fixture::set_up().await;
    let check = async |email: &str, n_verified: u64| {
        let before = fixture.auth.passwords.n_verified();
        let login = fixture.auth.login(email, &hidden("not the password"), home(), at(1)).await;
        assert!(matches!(login, Err(AuthError::InvalidCredentials)), "{email}: {login:?}");
        assert_eq!(fixture.auth.passwords.n_verified() - before, n_verified, "{email}");
    };
    check(EMAIL, 1).await;
    check("stranger@example.org", 1).await;
    check("not an address", 1).await;
}

#[tokio::test]
async fn a_password_that_nobody_can_have_is_not_even_hashed() {
    let (fixture, _) = Fixture::set_up().await;
    let before = fixture.auth.passwords.n_verified();
    let huge = hidden(&"a".repeat(PASSWORD_BYTES_MAX + 1));
    let login = fixture.auth.login(EMAIL, &huge, home(), at(1)).await;
    assert!(matches!(login, Err(AuthError::InvalidCredentials)));
    assert_eq!(fixture.auth.passwords.n_verified(), before);
}

#[tokio::test]
async fn a_locked_account_is_told_only_to_who_knows_its_password() {
    let (fixture, user) = Fixture::set_up().await;
    fixture.store.disable_user(user.id, at(1)).await.unwrap();
    let login = fixture.auth.login(EMAIL, &hidden("not the password"), home(), at(2)).await;
    assert!(matches!(login, Err(AuthError::InvalidCredentials)));
    let login = fixture.auth.login(EMAIL, &hidden(PASSWORD), home(), at(2)).await;
    assert!(matches!(login, Err(AuthError::AccountLocked)));
}

#[tokio::test]
async fn failed_logins_make_the_next_wait_and_not_at_another_address() {
    let (fixture, _) = Fixture::set_up().await;
    for _ in 0..5 {
        let login = fixture.auth.login(EMAIL, &hidden("not the password"), home(), at(1)).await;
        assert!(matches!(login, Err(AuthError::InvalidCredentials)));
    }
    let before = fixture.auth.passwords.n_verified();
    let err = fixture.auth.login(EMAIL, &hidden(PASSWORD), home(), at(1)).await.unwrap_err();
    let AuthError::TooManyAttempts { retry_after } = err else { panic!("{err}") };
    assert_eq!(retry_after.as_secs(), 1);
    assert_eq!(fixture.auth.passwords.n_verified(), before);
    let elsewhere = "192.0.2.2".parse().unwrap();
    assert!(fixture.auth.login(EMAIL, &hidden(PASSWORD), elsewhere, at(1)).await.is_ok());
    assert!(fixture.auth.login(EMAIL, &hidden(PASSWORD), home(), at(2)).await.is_ok());
}

#[tokio::test]
async fn a_refresh_token_gives_the_next_pair() {
    let (fixture, _) = Fixture::set_up().await;
    let first = fixture.log_in(at(1)).await;
    let second = fixture.auth.refresh(&first.refresh_token, at(600)).await.unwrap();
    assert_ne!(first.refresh_token, second.refresh_token);
    assert!(fixture.principal(&second.access_token, at(1_200)).await.is_ok());
    assert!(
        fixture.principal(&first.access_token, at(1_200)).await.is_err(),
        "its 15 min are over"
    );
}

#[tokio::test]
async fn a_refresh_token_shown_twice_ends_the_whole_login() {
    let (fixture, _) = Fixture::set_up().await;
    let first = fixture.log_in(at(1)).await;
    let other = fixture.log_in(at(1)).await;
    let second = fixture.auth.refresh(&first.refresh_token, at(2)).await.unwrap();
    assert!(fixture.principal(&second.access_token, at(3)).await.is_ok());

    let again = fixture.auth.refresh(&first.refresh_token, at(3)).await;
    assert!(matches!(again, Err(AuthError::InvalidRefreshToken)));
    let next = fixture.auth.refresh(&second.refresh_token, at(3)).await;
    assert!(matches!(next, Err(AuthError::InvalidRefreshToken)));
    let access = fixture.principal(&second.access_token, at(3)).await;
    assert!(matches!(access, Err(AuthError::SessionEnded)));
    assert!(fixture.principal(&other.access_token, at(3)).await.is_ok(), "another login stands");
}

#[tokio::test]
async fn no_other_text_refreshes() {
    let (fixture, _) = Fixture::set_up().await;
    let session = fixture.log_in(at(1)).await;
    let week = 7 * 24 * 3_600;
    for (text, now) in [
        (hidden(""), at(2)),
        (session.access_token.clone(), at(2)),
        (hidden(&format!("{} ", session.refresh_token.expose())), at(2)),
        (session.refresh_token.clone(), at(1 + week)),
    ] {
        let refreshed = fixture.auth.refresh(&text, now).await;
        assert!(matches!(refreshed, Err(AuthError::InvalidRefreshToken)), "{now}");
    }
}

#[tokio::test]
async fn a_login_that_is_always_refreshed_ends_after_thirty_days() {
    let (fixture, _) = Fixture::set_up().await;
    let mut session = fixture.log_in(at(0)).await;
    let days = |n: i64| at(n * 24 * 3_600);
    for day in [6, 12, 18, 24, 29] {
        session = fixture.auth.refresh(&session.refresh_token, days(day)).await.unwrap();
    }
    assert_eq!(session.refresh_expires_at, days(30));
    let late = days(30) - SignedDuration::from_mins(1);
    session = fixture.auth.refresh(&session.refresh_token, late).await.unwrap();
    assert_eq!(session.access_expires_at, days(30), "no access token outlives its login");
    assert!(fixture.auth.refresh(&session.refresh_token, days(30)).await.is_err());
}

#[tokio::test]
async fn a_logout_ends_one_login_on_every_node_within_a_second() {
    let (fixture, _) = Fixture::set_up().await;
    let other_node = fixture.other_node().await;
    let session = fixture.log_in(at(1)).await;
    let elsewhere = fixture.log_in(at(1)).await;
    let headers = bearer(&session.access_token);
    let principal = other_node.authenticate(&headers, at(2)).await.unwrap();

    fixture.auth.logout(&principal).await.unwrap();
    let here = fixture.auth.authenticate(&headers, at(2)).await;
    assert!(matches!(here, Err(AuthError::SessionEnded)), "{here:?}");
    let there = other_node.authenticate(&headers, at(3)).await;
    assert!(matches!(there, Err(AuthError::SessionEnded)), "{there:?}");
    assert!(fixture.auth.refresh(&session.refresh_token, at(3)).await.is_err());
    assert!(fixture.principal(&elsewhere.access_token, at(3)).await.is_ok());
}

#[tokio::test]
async fn a_new_password_a_new_role_and_a_lock_end_access_tokens_within_a_second() {
    let (fixture, user) = Fixture::set_up().await;
    let first = fixture.log_in(at(1)).await;
    fixture.principal(&first.access_token, at(1)).await.unwrap();
    fixture.store.set_role(user.id, "Viewer".to_owned(), at(1)).await.unwrap();
    let access = fixture.principal(&first.access_token, at(2)).await;
    assert!(matches!(access, Err(AuthError::SessionEnded)));

    let second = fixture.auth.refresh(&first.refresh_token, at(3)).await.unwrap();
    let principal = fixture.principal(&second.access_token, at(3)).await.unwrap();
    assert_eq!(principal.role, Role::Viewer, "the next refresh brings the new role");
    fixture.store.set_password(user.id, user.password_hash.clone(), at(3)).await.unwrap();
    assert!(fixture.principal(&second.access_token, at(4)).await.is_err());
    assert!(fixture.auth.refresh(&second.refresh_token, at(4)).await.is_err());

    let third = fixture.log_in(at(5)).await;
    fixture.principal(&third.access_token, at(5)).await.unwrap();
    fixture.store.disable_user(user.id, at(5)).await.unwrap();
    assert!(fixture.principal(&third.access_token, at(6)).await.is_err());
    fixture.store.enable_user(user.id, at(6)).await.unwrap();
    assert!(fixture.principal(&third.access_token, at(8)).await.is_err(), "it stays ended");
}

#[tokio::test]
async fn two_nodes_read_each_others_tokens() {
    let (fixture, _) = Fixture::set_up().await;
    let session = fixture.log_in(at(1)).await;
    let other_node = fixture.other_node().await;
    assert!(other_node.authenticate(&bearer(&session.access_token), at(2)).await.is_ok());
}

#[tokio::test]
async fn nothing_prints_a_secret() {
    let (fixture, _) = Fixture::set_up().await;
    let session = fixture.log_in(at(1)).await;
    let printed = format!("{session:?}");
    for secret in [session.access_token.expose(), session.refresh_token.expose(), "$argon2id$"] {
        assert!(!printed.contains(secret));
    }
}
