//! Who may do what: every operation against every kind of caller, from the table itself (S1).

use std::time::Duration;

use horarium_api::{
    enums::Role,
    operations::{Method, OPERATIONS, Operation, RequestBody, ResponseBody},
    permission::Permission,
};
use horarium_testkit::{Answer, Client};
use serde_json::json;

use crate::support::{TestServer, problem, text};

/// As many as [`callers`] gives.
const CALLERS: usize = 8;
/// Operations tried at one server: an address may ask so often without credentials.
const OPERATIONS_PER_SERVER: usize = 50;

const NOBODYS_ID: &str = "0198c0de-7a3b-7c4d-8e5f-001122334455";

/// A caller, and the role that the server should find.
struct Caller {
    name: &'static str,
    client: Client,
    role: Option<Role>,
}

async fn callers(server: &TestServer) -> Vec<Caller> {
    let anonymous = &server.anonymous;
    let caller = |name, client: &Client, role| Caller { name, client: client.clone(), role };
    let garbage = anonymous.clone().bearer("garbage");
    // Signed with another key, for a user who does not exist.
    let forged = anonymous.clone().bearer(
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxIiwicm9sZSI6IkFkbWluIiwiZXhwIjo0MTAyNDQ0ODAwfQ.q7aJ0PzYkq3uT8a9n3cY0m4l9QdWlqv5bXb1g2M9o1s",
    );
    let wrong_key =
        anonymous.clone().api_key(&format!("hor_{}_{}", "0".repeat(32), "A".repeat(43)));
    let password = sign_in(server).await;
    vec![
        caller("nobody", anonymous, None),
        caller("garbage", &garbage, None),
        caller("forged token", &forged, None),
        caller("wrong key", &wrong_key, None),
        caller("viewer's key", &server.viewer, Some(Role::Viewer)),
        caller("operator's key", &server.operator, Some(Role::Operator)),
        caller("administrator's key", &server.admin, Some(Role::Administrator)),
        caller("administrator's token", &password, Some(Role::Administrator)),
    ]
}

/// Makes the first administrator and signs in.
async fn sign_in(server: &TestServer) -> Client {
    let token = server.running.setup_token().unwrap().expose();
    let (email, password) = ("ada@example.com", "a good long passphrase");
    let setup = json!({"token": token, "email": email, "password": password});
    let made = server.anonymous.post("/api/v1/setup", &setup).await.unwrap();
    made.expect_status(201);
    let login = json!({"email": email, "password": password});
    let answer = server.anonymous.post("/api/v1/auth/login", &login).await.unwrap();
    server.anonymous.clone().bearer(&text(&answer.expect_status(200).json()["accessToken"]))
}

/// The path with ids that nothing has, so that whoever is let through does no harm.
fn path_of(operation: &Operation) -> String {
    let segments = operation.path.split('/');
    let filled =
        segments.map(|segment| if segment.starts_with('{') { NOBODYS_ID } else { segment });
    filled.collect::<Vec<_>>().join("/")
}

async fn call(client: &Client, operation: &Operation, path: &str) -> Answer {
    // A body that every reader refuses, or nobody looks at.
    let body = (!matches!(operation.request, RequestBody::None))
        .then_some(("application/json", b"{\"nonsense\":1}".as_slice()));
    let client = client.clone().timeout(Duration::from_mins(1));
    // A stream would not end: whoever is let in is refused for this instead.
    let client = match operation.responses[0].body {
        ResponseBody::Events(_) => client.header("Last-Event-ID", "nonsense"),
        ResponseBody::Empty | ResponseBody::Json(_) | ResponseBody::Text(_) => client,
    };
    client.send(operation.method.name(), path, body).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_lets_in_whom_the_table_says() {
    for n in 0..CALLERS {
        // A server each: credentials from one address are refused so often, then nobody's are read.
        let server = TestServer::start().await;
        let caller = callers(&server).await.swap_remove(n);
        // Their sessions would be gone for the operations after it.
        for operation in OPERATIONS.iter().filter(|operation| operation.id != "logout") {
            let answer = call(&caller.client, operation, &path_of(operation)).await;
            let allowed = match caller.role {
                _ if operation.permission == Permission::Public => Ok(()),
                None => Err(401),
                Some(role) if operation.permission.allows(role) => Ok(()),
                Some(_) => Err(403),
            };
            let who = format!("{} by {}: {}", operation.id, caller.name, answer.text());
            match allowed {
                Ok(()) => assert!(!matches!(answer.status, 401 | 500..), "{who}"),
                Err(status) => assert_eq!(answer.status, status, "{who}"),
            }
            let may_be_forbidden = matches!(operation.id, "setUp" | "createApiKey");
            assert!(allowed.is_err() || answer.status != 403 || may_be_forbidden, "{who}");
            if answer.status == 401 {
                assert_eq!(answer.header("www-authenticate"), Some("Bearer"), "{who}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_spelling_of_a_path_opens_what_the_path_does_not() {
    let is_shut = |operation: &&Operation| operation.permission != Permission::Public;
    let shut: Vec<&Operation> = OPERATIONS.iter().filter(is_shut).collect();
    for operations in shut.chunks(OPERATIONS_PER_SERVER) {
        let server = TestServer::start().await;
        for operation in operations {
            is_shut_however_it_is_spelt(&server, operation).await;
        }
    }
}

async fn is_shut_however_it_is_spelt(server: &TestServer, operation: &Operation) {
    let path = path_of(operation);
    let (folder, last) = path.rsplit_once('/').unwrap();
    let spellings = [
        format!("{path}/"),
        format!("/{path}"),
        path.replacen("/v1/", "/v1//", 1),
        path.replacen("/v1/", "/v1/./", 1),
        path.replacen("/v1/", "/v1/%2e/", 1),
        path.replacen("/v1/", "/v1/x/../", 1),
        path.replacen("/v1/", "/v1/..;/v1/", 1),
        path.replacen("/api/", "/API/", 1),
        path.to_uppercase(),
        format!("{path};x=/health"),
        format!("{path}%2f"),
        format!("{path}?x=/livez"),
        format!("{folder}/%{:02x}{}", last.as_bytes()[0], &last[1..]),
        format!("{path}/configs"),
        path.replacen("/v1/", "/v1.0/", 1),
        path.replacen("/v1/", "/v2/", 1),
    ];
    for spelling in spellings {
        let answer = call(&server.anonymous, operation, &spelling).await;
        let is_shut = matches!(answer.status, 401 | 404 | 405);
        assert!(is_shut, "{} {spelling}: {}", operation.id, answer.status);
    }
    let sly = server.anonymous.clone().header("X-Original-URL", "/livez");
    let sly = sly.header("X-Forwarded-Prefix", "/livez").header("X-HTTP-Method-Override", "GET");
    assert_eq!(call(&sly, operation, &path).await.status, 401, "{}", operation.id);
}

#[tokio::test(flavor = "multi_thread")]
async fn other_methods_and_paths_are_problems() {
    let server = TestServer::start().await;
    let answer = server.admin.send("PATCH", "/api/v1/scheduler/jobs", None).await.unwrap();
    problem(&answer, 405, "Method not allowed");
    let allowed = answer.header("allow").unwrap();
    assert!(allowed.contains("GET") && allowed.contains("POST"), "{allowed}");
    for method in ["OPTIONS", "TRACE", "PROPFIND"] {
        let answer = server.admin.send(method, "/api/v1/scheduler/jobs", None).await.unwrap();
        problem(&answer, 405, "Method not allowed");
    }
    for path in ["/api/v1/nothing", "/api/v2/scheduler/jobs", "/favicon.ico", "/api", "//"] {
        problem(&server.admin.get(path).await.unwrap(), 404, "Not found");
    }
    for id in ["x", "1", "0198c0de", "%7B0198c0de-7a3b-7c4d-8e5f-001122334455%7D"] {
        let answer = server.admin.get(&format!("/api/v1/scheduler/jobs/{id}")).await.unwrap();
        problem(&answer, 404, "Not found");
    }
    let head = server.viewer.send("HEAD", "/api/v1/scheduler/jobs", None).await.unwrap();
    head.expect_status(200);
    let head = server.anonymous.send("HEAD", "/api/v1/scheduler/jobs", None).await.unwrap();
    head.expect_status(401);
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_in_a_url_are_refused_even_beside_good_ones() {
    let server = TestServer::start().await;
    for parameter in ["api_key", "API_KEY", "apikey", "access_token"] {
        let path = format!("/api/v1/scheduler/jobs?pageSize=1&{parameter}=x");
        problem(&server.admin.get(&path).await.unwrap(), 401, "Unauthorised");
    }
}

#[test]
fn viewers_are_given_nothing_but_reads() {
    for operation in OPERATIONS {
        let harmless =
            ["previewSchedule", "logout", "createApiKey", "deleteApiKey", "changePassword"];
        let is_read = operation.method == Method::Get || harmless.contains(&operation.id);
        let is_public = operation.permission == Permission::Public;
        assert!(
            is_read || is_public || !operation.permission.allows(Role::Viewer),
            "{}",
            operation.id
        );
    }
}
