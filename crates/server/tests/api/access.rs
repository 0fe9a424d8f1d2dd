//! Signing in and out, keys, and the first administrator.

use serde_json::{Value, json};

use crate::support::{TestServer, invalid, problem, settings, text};

const EMAIL: &str = "ada@example.com";
const PASSWORD: &str = "a good long passphrase";
const LOGIN: &str = "/api/v1/auth/login";
const REFRESH: &str = "/api/v1/auth/refresh-token";

async fn set_up(server: &TestServer) {
    let token = server.running.setup_token().unwrap().expose();
    let request = json!({"token": token, "email": EMAIL, "password": PASSWORD});
    let made = server.anonymous.post("/api/v1/setup", &request).await.unwrap();
    let user = made.expect_status(201).json();
    assert_eq!((&user["email"], &user["roles"]), (&json!(EMAIL), &json!(["Administrator"])));
}

async fn login(server: &TestServer) -> Value {
    let request = json!({"email": EMAIL, "password": PASSWORD});
    server.anonymous.post(LOGIN, &request).await.unwrap().expect_status(200).json()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_administrator_is_made_once_with_the_token_that_was_shown() {
    let server = TestServer::start().await;
    let file = server.dir.path().join("data/setup-token");
    let token = server.running.setup_token().unwrap().expose();
    assert_eq!(std::fs::read_to_string(&file).unwrap().trim(), token);
    let wrong = json!({"token": "x", "email": EMAIL, "password": PASSWORD});
    problem(&server.anonymous.post("/api/v1/setup", &wrong).await.unwrap(), 403, "Setup failed");
    let weak = json!({"token": token, "email": "x", "password": "short"});
    invalid(&server.anonymous.post("/api/v1/setup", &weak).await.unwrap(), &["email", "password"]);
    set_up(&server).await;
    assert!(!file.exists());
    let again = json!({"token": token, "email": EMAIL, "password": PASSWORD});
    problem(&server.anonymous.post("/api/v1/setup", &again).await.unwrap(), 409, "Setup failed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_gives_tokens_as_the_original_does() {
    let server = TestServer::start().await;
    set_up(&server).await;
    let tokens = login(&server).await;
    assert_eq!((&tokens["tokenType"], &tokens["expiresIn"]), (&json!("Bearer"), &json!(900)));
    assert_eq!((&tokens["requiresTwoFactor"], &tokens["mfaToken"]), (&json!(false), &Value::Null));
    let bearer = server.anonymous.clone().bearer(&text(&tokens["accessToken"]));
    let me = bearer.get("/api/v1/auth/me").await.unwrap().expect_status(200).json();
    assert_eq!((&me["email"], &me["roles"]), (&json!(EMAIL), &json!(["Administrator"])));
    assert_eq!(
        (&me["isAuthenticated"], &me["authenticationType"]),
        (&json!(true), &json!("Bearer"))
    );
    let refresh = json!({"refreshToken": tokens["refreshToken"]});
    let fresh = server.anonymous.post(REFRESH, &refresh).await.unwrap().expect_status(200).json();
    assert_ne!(fresh["refreshToken"], tokens["refreshToken"]);
    let used = server.anonymous.post(REFRESH, &refresh).await.unwrap();
    let refused = problem(&used, 400, "Refresh token failed");
    assert_eq!(refused["detail"], "Refresh token is invalid.");
    let none = server.anonymous.send("POST", REFRESH, None).await.unwrap();
    invalid(&none, &["refreshToken"]);
    let wrong = json!({"email": EMAIL, "password": "not the passphrase"});
    let refused = server.anonymous.post(LOGIN, &wrong).await.unwrap();
    assert_eq!(problem(&refused, 400, "Login failed")["detail"], "Invalid credentials.");
    invalid(&server.anonymous.post(LOGIN, &json!({})).await.unwrap(), &["email", "password"]);
    let cookies = json!({"refreshToken": "x", "useCookies": true});
    invalid(&server.anonymous.post(REFRESH, &cookies).await.unwrap(), &["useCookies"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_logout_ends_the_session() {
    let server = TestServer::start().await;
    set_up(&server).await;
    let bearer = server.anonymous.clone().bearer(&text(&login(&server).await["accessToken"]));
    bearer.send("POST", "/api/v1/auth/logout", None).await.unwrap().expect_status(200);
    problem(&bearer.get("/api/v1/auth/me").await.unwrap(), 401, "Unauthorised");
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_a_password_is_slowed_down() {
    let server = TestServer::start().await;
    set_up(&server).await;
    let wrong = json!({"email": EMAIL, "password": "not the passphrase"});
    let mut slowed = None;
    for _ in 0..8 {
        let answer = server.anonymous.post(LOGIN, &wrong).await.unwrap();
        if answer.status == 429 {
            slowed = Some(answer);
            break;
        }
        problem(&answer, 400, "Login failed");
    }
    let slowed = slowed.expect("eight wrong passwords are too many");
    problem(&slowed, 429, "Too many requests");
    assert!(slowed.header("retry-after").unwrap().parse::<u32>().unwrap() >= 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_shown_once_and_end_at_once() {
    let server = TestServer::start().await;
    let request = json!({"name": " CI ", "role": "viewer", "expiresAt": "2099-01-01T00:00:00Z"});
    let made = server.operator.post("/api/v1/apikeys", &request).await.unwrap();
    let made = made.expect_status(201).json();
    let key = text(&made["key"]);
    assert_eq!((&made["name"], &made["role"]), (&json!("CI"), &json!("Viewer")));
    assert!(key.starts_with(&text(&made["prefix"])), "{made}");
    let client = server.anonymous.clone().api_key(&key);
    let me = client.get("/api/v1/auth/me").await.unwrap().expect_status(200).json();
    assert_eq!((&me["authenticationType"], &me["roles"]), (&json!("ApiKey"), &json!(["Viewer"])));
    let as_bearer = server.anonymous.clone().bearer(&key);
    as_bearer.get("/api/v1/auth/me").await.unwrap().expect_status(200);
    let listed = server.admin.get("/api/v1/apikeys").await.unwrap().expect_status(200).text();
    assert!(listed.contains(&text(&made["id"])) && !listed.contains(&key));
    let above = json!({"name": "x", "role": "Administrator"});
    let refused = server.operator.post("/api/v1/apikeys", &above).await.unwrap();
    problem(&refused, 403, "Create API key failed");
    let past = json!({"name": "x", "role": "Viewer", "expiresAt": "2020-01-01T00:00:00Z"});
    invalid(&server.operator.post("/api/v1/apikeys", &past).await.unwrap(), &["expiresAt"]);
    let path = format!("/api/v1/apikeys/{}", text(&made["id"]));
    problem(&server.viewer.delete(&path).await.unwrap(), 404, "API key not found");
    server.admin.delete(&path).await.unwrap().expect_status(204);
    problem(&client.get("/api/v1/auth/me").await.unwrap(), 401, "Unauthorised");
    problem(&server.admin.delete(&path).await.unwrap(), 404, "API key not found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_server_on_the_same_file_does_not_start() {
    let server = TestServer::start().await;
    let refused = horarium_server::Server::start(settings(&server.dir)).await;
    let error = refused.err().expect("the file is in use").to_string();
    assert!(error.contains("another Horarium"), "{error}");
    server.running.stop(std::time::Duration::ZERO).await;
}
