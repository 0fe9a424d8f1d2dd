//! Signing in and out, and who is asking.

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use horarium_api::{
    FieldErrors,
    auth::{LoginRequest, MeDto, RefreshRequest, TokenResponse},
};
use horarium_store::Hidden;
use jiff::Timestamp;

use crate::{
    auth::{Principal, PrincipalKind, Session},
    http::{
        App,
        answer::{empty, json},
        extract::{Body, Caller, Peer, Row},
        refusal::{Answer, refuse_access},
    },
};

/// The peer's address is the connection's. What `X-Forwarded-For` says, anybody may have written.
pub(crate) async fn login(
    State(app): State<Arc<App>>,
    Row(operation): Row,
    Peer(peer): Peer,
    body: Body,
) -> Answer {
    let request = body.read(LoginRequest::read)?;
    refuse_cookies(request.use_cookies)?;
    let now = app.clock.now();
    let password = Hidden::new(request.password.0);
    let session = app.auth.login(&request.email, &password, peer.ip(), now).await;
    let session = session.map_err(|fault| refuse_access(operation, fault))?;
    json(StatusCode::OK, &tokens(&session, now))
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
) -> Answer {
    app.auth.logout(&caller).await.map_err(|fault| refuse_access(operation, fault))?;
    Ok(empty(StatusCode::OK))
}

pub(crate) async fn me(
    State(app): State<Arc<App>>,
    Row(operation): Row,
    Caller(caller): Caller,
) -> Answer {
    let user = app.auth.me(&caller).await.map_err(|fault| refuse_access(operation, fault))?;
    json(StatusCode::OK, &me_dto(&caller, user.map(|user| user.name)))
}

/// To take tokens from cookies would need protection against forged requests; there is none yet.
fn refuse_cookies(use_cookies: bool) -> Answer<()> {
    if use_cookies {
        let message = "Cookies are not supported; send the access token as a bearer token.";
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

fn me_dto(caller: &Principal, name: Option<String>) -> MeDto {
    let (user_id, email, authentication_type) = match &caller.kind {
        PrincipalKind::User { id, email, .. } => (id.0, Some(email.clone()), "Bearer"),
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
