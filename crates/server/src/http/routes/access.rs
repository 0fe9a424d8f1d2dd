//! Signing in and out, and who is asking.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
};
use horarium_api::{
    FieldErrors,
    auth::{ChangePasswordRequest, LoginRequest, MeDto, RefreshRequest, TokenResponse},
    operations::{Method, Operation},
};
use horarium_store::Hidden;
use jiff::Timestamp;

use crate::{
    auth::{
        AuthError, BROWSER_IDLE_MAX, BrowserLogin, Principal, PrincipalKind, Session, is_by_cookie,
    },
    http::{
        App,
        answer::{empty, json},
        cookie,
        extract::{Body, Caller, Peer, Row},
        middleware::forgery,
        refusal::{Answer, Refusal, refuse_access},
    },
};

/// The peer's address is the connection's. What `X-Forwarded-For` says, anybody may have written.
pub(crate) async fn login(
    State(app): State<Arc<App>>,
    Row(operation): Row,
    Peer(peer): Peer,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    let request = body.read(LoginRequest::read)?;
    let now = app.clock.now();
    let (email, password) = (request.email, Hidden::new(request.password.0));
    if request.use_cookies {
        // Else another site could sign a person in as somebody else.
        forgery::check(Method::Post, &headers)?;
        let login = app.auth.login_browser(&email, &password, peer.ip(), now).await;
        return kept(&login.map_err(|fault| refuse_access(operation, fault))?);
    }
    let session = app.auth.login(&email, &password, peer.ip(), now).await;
    let session = session.map_err(|fault| refuse_access(operation, fault))?;
    json(StatusCode::OK, &tokens(&session, now))
}

/// Ends all logins of the caller, and gives a new one of the kind that was shown.
pub(crate) async fn change_password(
    State(app): State<Arc<App>>,
    Row(operation): Row,
    Caller(caller): Caller,
    Peer(peer): Peer,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    let request = body.read(ChangePasswordRequest::read)?;
    let (address, now) = (peer.ip(), app.clock.now());
    let current = Hidden::new(request.current_password.0);
    let new = Hidden::new(request.new_password.0);
    let refuse = |fault| body.respell(refuse_change(operation, fault));
    if is_by_cookie(&headers) {
        let changed =
            app.auth.change_password_of_browser(&caller, (&current, &new), address, now).await;
        return kept(&changed.map_err(refuse)?);
    }
    let changed = app.auth.change_password(&caller, (&current, &new), address, now).await;
    json(StatusCode::OK, &tokens(&changed.map_err(refuse)?, now))
}

fn refuse_change(operation: &Operation, fault: AuthError) -> Refusal {
    match fault {
        AuthError::InvalidCredentials => {
            FieldErrors::one("currentPassword", "is not the present password").into()
        }
        AuthError::BadPassword(_) => FieldErrors::one("newPassword", fault.detail()).into(),
        fault => refuse_access(operation, fault),
    }
}

/// The cookie for the browser, and an answer without any secret.
fn kept(login: &BrowserLogin) -> Answer {
    let seconds = u32::try_from(BROWSER_IDLE_MAX.as_secs()).unwrap_or(0);
    let mut response = json(StatusCode::OK, &TokenResponse::cookie(seconds))?;
    cookie::keep(&mut response, &login.secret);
    Ok(response)
}

pub(crate) async fn refresh(
    State(app): State<Arc<App>>,
    Row(operation): Row,
    Peer(peer): Peer,
    body: Body,
) -> Answer {
    let request = body.read_or_default(RefreshRequest::read)?;
    refuse_cookies(request.use_cookies)?;
    let token =
        request.refresh_token.ok_or_else(|| FieldErrors::one("refreshToken", "required"))?;
    app.rates.of_guesser(peer.ip())?;
    let now = app.clock.now();
    let session = app.auth.refresh(&Hidden::new(token.0), now).await;
    let session = session.map_err(|fault| {
        app.rates.refused(peer.ip());
        refuse_access(operation, fault)
    })?;
    json(StatusCode::OK, &tokens(&session, now))
}

pub(crate) async fn logout(
    State(app): State<Arc<App>>,
    Row(operation): Row,
    Caller(caller): Caller,
    headers: HeaderMap,
) -> Answer {
    app.auth.logout(&caller).await.map_err(|fault| refuse_access(operation, fault))?;
    let mut response = empty(StatusCode::OK);
    if is_by_cookie(&headers) {
        cookie::forget(&mut response);
    }
    Ok(response)
}

pub(crate) async fn me(
    State(app): State<Arc<App>>,
    Row(operation): Row,
    Caller(caller): Caller,
    headers: HeaderMap,
) -> Answer {
    let user = app.auth.me(&caller).await.map_err(|fault| refuse_access(operation, fault))?;
    let shown = if is_by_cookie(&headers) { "Cookie" } else { "Bearer" };
    json(StatusCode::OK, &me_dto(&caller, user.map(|user| user.name), shown))
}

/// A browser's cookie is not exchanged: it lives on while it is used.
fn refuse_cookies(use_cookies: bool) -> Answer<()> {
    if use_cookies {
        let message = "A cookie needs no refreshing; sign in with useCookies instead.";
        return Err(FieldErrors::one("useCookies", message).into());
    }
    Ok(())
}

fn tokens(session: &Session, now: Timestamp) -> TokenResponse {
    let seconds = session.access_expires_at.duration_since(now).as_secs();
    TokenResponse::bearer(
        session.access_token.expose().to_owned(),
        session.refresh_token.expose().to_owned(),
        u32::try_from(seconds).unwrap_or(0),
    )
}

fn me_dto(caller: &Principal, name: Option<String>, shown: &str) -> MeDto {
    let (user_id, email, authentication_type) = match &caller.kind {
        PrincipalKind::User { id, email, .. } => (id.0, Some(email.clone()), shown),
        PrincipalKind::ApiKey { id, .. } => (id.0, None, "ApiKey"),
    };
    MeDto {
        user_id,
        // Whoever made the user gave the address; nobody sends mails to confirm it.
        email_confirmed: email.is_some(),
        email,
        first_name: name,
        last_name: None,
        is_authenticated: true,
        authentication_type: authentication_type.to_owned(),
        roles: vec![caller.role],
    }
}
