//! The first administrator.

use std::{io::ErrorKind, sync::Arc};

use axum::{extract::State, http::StatusCode};
use horarium_api::{
    auth::{SetupRequest, SetupStateDto, UserDto},
    enums::Role,
};
use horarium_store::Hidden;
use tracing::warn;

use crate::http::{
    App,
    answer::{json, locate},
    extract::{Body, Peer, Row},
    refusal::{Answer, refuse_access},
};

pub(crate) async fn state(State(app): State<Arc<App>>, Row(operation): Row) -> Answer {
    let needed = app.auth.needs_set_up().await;
    let is_needed = needed.map_err(|fault| refuse_access(operation, fault))?;
    json(StatusCode::OK, &SetupStateDto { is_needed })
}

pub(crate) async fn set_up(
    State(app): State<Arc<App>>,
    Row(operation): Row,
    Peer(peer): Peer,
    body: Body,
) -> Answer {
    let request = body.read(SetupRequest::read)?;
    app.rates.of_guesser(peer.ip())?;
    let (token, password) = (Hidden::new(request.token.0), Hidden::new(request.password.0));
    let made = app.auth.set_up(&token, &request.email, &password, app.clock.now()).await;
    let user = made.map_err(|fault| {
        app.rates.refused(peer.ip());
        body.respell(refuse_access(operation, fault))
    })?;
    forget_token(&app).await;
    let dto = UserDto {
        id: user.id.0,
        email: user.email,
        roles: vec![Role::Administrator],
        created_at: user.created_at,
    };
    let mut response = json(StatusCode::CREATED, &dto)?;
    locate(&mut response, "/api/v1/auth/me");
    Ok(response)
}

/// Tidies up: the token in the file is good for nothing any more.
async fn forget_token(app: &App) {
    let path = &app.settings.setup_token_file;
    match tokio::fs::remove_file(path).await {
        Err(err) if err.kind() != ErrorKind::NotFound => {
            warn!(error = %err, "removing `{}` failed", path.display());
        }
        Ok(()) | Err(_) => {}
    }
}
