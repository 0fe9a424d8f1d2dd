//! API keys: what programs sign in with.

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use horarium_api::{
    Problem, WireEnum as _,
    api_keys::{ApiKeyDto, ApiKeyRequest, CreatedApiKeyDto},
    auth::Secret,
    enums::Role,
    time::micros,
};
use horarium_core::KeyId;
use horarium_store::ApiKey;

use crate::{
    auth::{NewKey, PrincipalKind},
    http::{
        App,
        answer::{empty, json, locate},
        extract::{Body, Caller, Id, Row},
        refusal::{Answer, problem, refuse_access},
    },
};

pub(crate) async fn create(
    State(app): State<Arc<App>>,
    Row(operation): Row,
    Caller(caller): Caller,
    body: Body,
) -> Answer {
    let request = body.read(ApiKeyRequest::read)?;
    let new = NewKey {
        name: request.name,
        role: request.role,
        expires_at: request.expires_at.map(micros),
    };
    let created = app.auth.create_key(&caller, new, app.clock.now()).await;
    let created = created.map_err(|fault| body.respell(refuse_access(operation, fault)))?;
    let maker = match &caller.kind {
        PrincipalKind::User { email, .. } => Some(email.clone()),
        PrincipalKind::ApiKey { .. } => None,
    };
    let key = Secret(created.text.expose().to_owned());
    let dto = CreatedApiKeyDto { api_key: dto(created.key, maker)?, key };
    let mut response = json(StatusCode::CREATED, &dto)?;
    locate(&mut response, &format!("/api/v1/apikeys/{}", dto.api_key.id));
    Ok(response)
}

pub(crate) async fn list(
    State(app): State<Arc<App>>,
    Row(operation): Row,
    Caller(caller): Caller,
) -> Answer {
    let keys = app.auth.keys(&caller, None).await;
    let keys = keys.map_err(|fault| refuse_access(operation, fault))?;
    let dtos = keys.into_iter().map(|found| dto(found.key, found.owner.map(|owner| owner.email)));
    json(StatusCode::OK, &dtos.collect::<Answer<Vec<_>>>()?)
}

pub(crate) async fn delete(
    State(app): State<Arc<App>>,
    Row(operation): Row,
    Caller(caller): Caller,
    Id(id): Id,
) -> Answer {
    let revoked = app.auth.revoke_key(&caller, KeyId(id), app.clock.now()).await;
    if revoked.map_err(|fault| refuse_access(operation, fault))? {
        return Ok(empty(StatusCode::NO_CONTENT));
    }
    Err(problem(operation, "API key was not found.").into())
}

fn dto(key: ApiKey, created_by: Option<String>) -> Answer<ApiKeyDto> {
    let role = Role::by_word(&key.role).ok_or_else(|| {
        tracing::error!(key.id = %key.id, "answering 500: API key {} has an unknown role", key.id);
        Problem::internal()
    })?;
    Ok(ApiKeyDto {
        id: key.id.0,
        name: key.name,
        role,
        prefix: format!("hor_{}", key.id.0.simple()),
        created_by,
        created_at: key.created_at,
        expires_at: key.expires_at,
        last_used_at: key.last_used_at,
    })
}
