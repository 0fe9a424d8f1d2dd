//! Claims about the first administrator.

use super::*;
use crate::settings::{Bootstrap, Secret};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_hundred_setups_at_once_one_wins() {
    let fixture = Fixture::new().await;
    let token = fixture.auth.renew_setup_token(at(0)).await.unwrap().unwrap();
    let calls: Vec<_> = (0..100)
        .map(|n| {
            let (auth, token) = (Arc::clone(&fixture.auth), token.clone());
            let email = format!("person{n}@example.org");
            tokio::spawn(async move { auth.set_up(&token, &email, &hidden(PASSWORD), at(1)).await })
        })
        .collect();
    let mut n_won = 0;
    for call in calls {
        match call.await.unwrap() {
            Ok(_) => n_won += 1,
            Err(err) => assert!(
                matches!(err, AuthError::BadSetupToken | AuthError::AlreadySetUp | AuthError::Busy),
                "{err}: {:?}",
                std::error::Error::source(&err)
            ),
        }
    }
    assert_eq!(n_won, 1);
    assert_eq!(fixture.store.count_users().await.unwrap(), 1);
}

#[tokio::test]
async fn the_token_is_good_for_an_hour_and_for_one_use() {
    let fixture = Fixture::new().await;
    let set_up = async |token: &Hidden, now| {
        fixture.auth.set_up(token, EMAIL, &hidden(PASSWORD), now).await.map(drop)
    };
    let none = set_up(&hidden("x"), at(0)).await;
    assert!(matches!(none, Err(AuthError::BadSetupToken)), "none was made");

    let token = fixture.auth.renew_setup_token(at(0)).await.unwrap().unwrap();
    let wrong = hidden(&format!("{}x", token.expose()));
    assert!(matches!(set_up(&wrong, at(1)).await, Err(AuthError::BadSetupToken)));
    assert!(matches!(set_up(&token, at(3_600)).await, Err(AuthError::BadSetupToken)));
    set_up(&token, at(3_599)).await.unwrap();
    assert!(matches!(set_up(&token, at(3_599)).await, Err(AuthError::AlreadySetUp)));
    assert_eq!(fixture.auth.renew_setup_token(at(4_000)).await.unwrap(), None);
}

#[tokio::test]
async fn each_start_makes_a_new_token_and_ends_the_old() {
    let fixture = Fixture::new().await;
    let old = fixture.auth.renew_setup_token(at(0)).await.unwrap().unwrap();
    let new = fixture.auth.renew_setup_token(at(1)).await.unwrap().unwrap();
    let set_up = async |token: &Hidden| {
        fixture.auth.set_up(token, EMAIL, &hidden(PASSWORD), at(2)).await.map(drop)
    };
    assert!(matches!(set_up(&old).await, Err(AuthError::BadSetupToken)));
    assert!(set_up(&new).await.is_ok());
}

#[tokio::test]
async fn a_bad_address_or_password_does_not_use_the_token_up() {
    let fixture = Fixture::new().await;
    let token = fixture.auth.renew_setup_token(at(0)).await.unwrap().unwrap();
    let set_up = async |email: &str, password: &str| {
        fixture.auth.set_up(&token, email, &hidden(password), at(1)).await
    };
    let long = format!("{}@example.org", "a".repeat(243));
    for email in ["", "ada", "@example.org", "ada@", "a b@example.org", "a@b@c", &long] {
        let answer = set_up(email, PASSWORD).await;
        assert!(matches!(answer, Err(AuthError::BadEmail)), "{email}: {answer:?}");
    }
    let weak = set_up(EMAIL, "password1234").await;
    assert!(matches!(weak, Err(AuthError::BadPassword(PasswordProblem::TooCommon))));
    assert!(set_up(EMAIL, PASSWORD).await.is_ok());
}

#[tokio::test]
async fn the_database_holds_no_usable_setup_token() {
    let fixture = Fixture::new().await;
    let token = fixture.auth.renew_setup_token(at(0)).await.unwrap().unwrap();
    let stored = fixture.store.setting("auth.setup_token").await.unwrap().unwrap();
    assert!(!stored.expose().contains(token.expose()));
}

#[tokio::test]
async fn an_unattended_start_makes_a_user_and_a_key_once() {
    let fixture = Fixture::new().await;
    let key = format!("hor_{}_{}A", "0".repeat(32), "a".repeat(42));
    let settings = Bootstrap {
        admin_email: Some(EMAIL.to_owned()),
        admin_password: Some(Secret::new(PASSWORD)),
        api_key: Some(Secret::new(key.as_str())),
    };
    let made = fixture.auth.bootstrap(&settings, at(0)).await.unwrap();
    assert_eq!(made, Bootstrapped { user: true, key: true });
    fixture.log_in(at(1)).await;
    let principal = fixture.principal(&hidden(&key), at(1)).await.unwrap();
    assert_eq!(principal.display_name(), "bootstrap");

    let made = fixture.auth.bootstrap(&settings, at(2)).await.unwrap();
    assert_eq!(made, Bootstrapped::default());
    assert_eq!(fixture.auth.bootstrap(&Bootstrap::default(), at(2)).await.unwrap(), made);
}

#[tokio::test]
async fn an_unattended_start_takes_no_weak_password_and_no_made_up_key() {
    let fixture = Fixture::new().await;
    let weak = Bootstrap {
        admin_email: Some(EMAIL.to_owned()),
        admin_password: Some(Secret::new("changeme1234")),
        api_key: None,
    };
    let err = fixture.auth.bootstrap(&weak, at(0)).await.unwrap_err();
    assert!(matches!(err, AuthError::BadPassword(PasswordProblem::TooCommon)), "{err}");
    let short = Bootstrap { api_key: Some(Secret::new("hor_admin")), ..Bootstrap::default() };
    let err = fixture.auth.bootstrap(&short, at(0)).await.unwrap_err();
    assert!(matches!(err, AuthError::BadBootstrapKey), "{err}");
}
