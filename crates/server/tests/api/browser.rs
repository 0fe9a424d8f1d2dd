//! The dashboard's own ways in: its page, its cookie, its people.

use horarium_testkit::{Answer, Client};
use serde_json::{Value, json};

use crate::support::{JOBS, TestServer, body, invalid, problem, text};

const EMAIL: &str = "ada@example.com";
const PASSWORD: &str = "a good long passphrase";
const LOGIN: &str = "/api/v1/auth/login";
const ME: &str = "/api/v1/auth/me";
const CHANGE: &str = "/api/v1/auth/change-password";
const USERS: &str = "/api/v1/users";

/// Sends what our own page sends.
fn page(server: &TestServer) -> Client {
    let client = server.anonymous.clone().header("sec-fetch-site", "same-origin");
    client.header("x-horarium-dashboard", "1")
}

async fn add_person(server: &TestServer, email: &str, role: &str) -> Value {
    let request = json!({"email": email, "password": PASSWORD, "role": role});
    server.admin.post(USERS, &request).await.unwrap().expect_status(201).json()
}

/// The `name=value` of the cookie that an answer sets.
fn cookie(answer: &Answer) -> String {
    let line = answer.header("set-cookie").expect("a cookie");
    text(&json!(line.split(';').next().unwrap()))
}

async fn sign_in(server: &TestServer, email: &str) -> String {
    let request = json!({"email": email, "password": PASSWORD, "useCookies": true});
    let answer = page(server).post(LOGIN, &request).await.unwrap();
    let tokens = answer.expect_status(200).json();
    assert_eq!((&tokens["accessToken"], &tokens["tokenType"]), (&json!(""), &json!("Cookie")));
    let line = answer.header("set-cookie").unwrap();
    for part in ["__Host-horarium=", "Path=/", "Secure", "HttpOnly", "SameSite=Strict"] {
        assert!(line.contains(part), "{line}");
    }
    cookie(&answer)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browsers_cookie_works_from_our_page_alone() {
    let server = TestServer::start().await;
    add_person(&server, EMAIL, "Operator").await;
    let cookie = sign_in(&server, EMAIL).await;
    let ours = page(&server).header("cookie", &cookie);
    let me = ours.get(ME).await.unwrap().expect_status(200).json();
    assert_eq!((&me["authenticationType"], &me["roles"]), (&json!("Cookie"), &json!(["Operator"])));
    ours.post(JOBS, &body(json!({}))).await.unwrap().expect_status(201);
    let bare = server.anonymous.clone().header("cookie", &cookie);
    let foreign = bare.clone().header("x-horarium-dashboard", "1");
    for client in [bare.clone(), foreign.clone().header("sec-fetch-site", "same-site")] {
        problem(&client.post(JOBS, &body(json!({}))).await.unwrap(), 403, "Forbidden");
    }
    problem(
        &foreign.header("sec-fetch-site", "cross-site").get(ME).await.unwrap(),
        403,
        "Forbidden",
    );
    assert_eq!(server.get(JOBS).await["totalCount"], 1);
    let forged = server.anonymous.clone().header("cookie", "__Host-horarium=AAAA");
    problem(&forged.get(ME).await.unwrap(), 401, "Unauthorised");
    let login = json!({"email": EMAIL, "password": PASSWORD, "useCookies": true});
    problem(&server.anonymous.post(LOGIN, &login).await.unwrap(), 403, "Forbidden");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_logout_ends_the_browsers_login_and_takes_the_cookie_back() {
    let server = TestServer::start().await;
    add_person(&server, EMAIL, "Viewer").await;
    let ours = page(&server).header("cookie", &sign_in(&server, EMAIL).await);
    let nothing = Some(("application/json", b"".as_slice()));
    let left = ours.send("POST", "/api/v1/auth/logout", nothing).await.unwrap();
    assert!(left.expect_status(200).header("set-cookie").unwrap().contains("Max-Age=0"));
    problem(&ours.get(ME).await.unwrap(), 401, "Unauthorised");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_ends_every_login_but_the_new_one() {
    let server = TestServer::start().await;
    add_person(&server, EMAIL, "Viewer").await;
    let [first, other] = [sign_in(&server, EMAIL).await, sign_in(&server, EMAIL).await]
        .map(|cookie| page(&server).header("cookie", &cookie));
    let change = |current: &str, new: &str| json!({"currentPassword": current, "newPassword": new});
    let wrong =
        first.post(CHANGE, &change("not my password", "another good phrase")).await.unwrap();
    invalid(&wrong, &["currentPassword"]);
    invalid(&first.post(CHANGE, &change(PASSWORD, "short")).await.unwrap(), &["newPassword"]);
    let changed = first.post(CHANGE, &change(PASSWORD, "another good phrase")).await.unwrap();
    changed.expect_status(200);
    let fresh = page(&server).header("cookie", &cookie(&changed));
    fresh.get(ME).await.unwrap().expect_status(200);
    for ended in [first, other] {
        problem(&ended.get(ME).await.unwrap(), 401, "Unauthorised");
    }
    let login = json!({"email": EMAIL, "password": PASSWORD});
    problem(&server.anonymous.post(LOGIN, &login).await.unwrap(), 400, "Login failed");
    let key = server.operator.post(CHANGE, &change(PASSWORD, "another good phrase")).await.unwrap();
    problem(&key, 400, "Change password failed");
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_made_changed_and_locked_out_by_administrators() {
    let server = TestServer::start().await;
    let ada = add_person(&server, EMAIL, "Administrator").await;
    let vera = add_person(&server, "vera@example.com", "Viewer").await;
    let again = json!({"email": EMAIL.to_uppercase(), "password": PASSWORD, "role": "Viewer"});
    invalid(&server.admin.post(USERS, &again).await.unwrap(), &["email"]);
    let weak = json!({"email": "x@example.com", "password": "short", "role": "Viewer"});
    invalid(&server.admin.post(USERS, &weak).await.unwrap(), &["password"]);
    let path = format!("{USERS}/{}", text(&vera["id"]));
    let raised = server.admin.patch(&path, &json!({"role": "Operator"})).await.unwrap();
    assert_eq!(raised.expect_status(200).json()["role"], "Operator");
    let theirs = page(&server).header("cookie", &sign_in(&server, "vera@example.com").await);
    server.admin.patch(&path, &json!({"isDisabled": true})).await.unwrap().expect_status(200);
    problem(&theirs.get(ME).await.unwrap(), 401, "Unauthorised");
    let login = json!({"email": "vera@example.com", "password": PASSWORD});
    problem(&server.anonymous.post(LOGIN, &login).await.unwrap(), 400, "Login failed");
    let own = page(&server).header("cookie", &sign_in(&server, EMAIL).await);
    let own_path = format!("{USERS}/{}", text(&ada["id"]));
    let refused = own.patch(&own_path, &json!({"isDisabled": true})).await.unwrap();
    problem(&refused, 400, "Change user failed");
    let listed = server.admin.get(USERS).await.unwrap().expect_status(200).json();
    assert_eq!(listed.as_array().unwrap().len(), 2);
    let nobody = format!("{USERS}/0198c0de-7a3b-7c4d-8e5f-001122334455");
    let unknown = server.admin.patch(&nobody, &json!({})).await.unwrap();
    problem(&unknown, 400, "Change user failed");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_is_at_every_address_below_its_own_and_the_old_ones_lead_there() {
    let server = TestServer::start().await;
    for path in ["/", "/hangfire"] {
        let answer = server.anonymous.get(path).await.unwrap();
        assert_eq!(answer.header("location"), Some("/dashboard"), "{path}");
    }
    for path in ["/dashboard", "/dashboard/", "/dashboard/jobs/7/executions"] {
        let answer = server.anonymous.get(path).await.unwrap();
        answer.expect_status(200);
        assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"), "{path}");
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self'"), "{policy}");
    }
    let missing = server.anonymous.get("/dashboard/assets/nothing.js").await.unwrap();
    problem(&missing, 404, "Not found");
    let state = server.anonymous.get("/api/v1/setup").await.unwrap().expect_status(200).json();
    assert_eq!(state, json!({"isNeeded": true}));
}

#[tokio::test(flavor = "multi_thread")]
async fn outcomes_and_the_forecast_tell_of_a_jobs_past_and_future() {
    let server = TestServer::start().await;
    let job = server.job_id(json!({"scheduleType": "Interval", "intervalSeconds": 1_200})).await;
    let execution = server.trigger(&job).await;
    server.await_status(&execution, "Succeeded").await;
    let never = server.job_id(json!({})).await;
    let path = format!("{JOBS}/outcomes?jobIds={never},{job}");
    let outcomes = server.get(&path).await;
    assert_eq!(outcomes[0], json!({"jobId": never, "outcomes": [], "lastDurationMs": null}));
    let expect = json!([{"executionId": execution, "status": "Succeeded"}]);
    assert_eq!(outcomes[1]["outcomes"], expect);
    assert!(outcomes[1]["lastDurationMs"].is_i64(), "{outcomes}");
    let hours = server.get("/api/v1/scheduler/forecast?hours=3").await;
    let due = hours.as_array().unwrap().iter().map(|hour| hour["due"].as_u64().unwrap());
    let due: Vec<u64> = due.collect();
    assert_eq!((due.len(), due[1], due[2]), (3, 3, 3), "{hours}");
    let wrong = server.viewer.get("/api/v1/scheduler/forecast?hours=49").await.unwrap();
    invalid(&wrong, &["hours"]);
}
