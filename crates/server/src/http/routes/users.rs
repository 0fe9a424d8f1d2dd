//! People, for administrators.

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use horarium_api::{
    Problem, WireEnum as _,
    enums::Role,
    users::{NewUserRequest, PersonDto, UserRequest},
};
use horarium_core::UserId;
use horarium_store::{Hidden, User};

use crate::{
    auth::PersonChange,
    http::{
        App,
        answer::{json, locate},
        extract::{Body, Caller, Id, Row},
        refusal::{Answer, problem, refuse_access},
    },
};

pub(crate) async fn list(State(app): State<Arc<App>>, Row(operation): Row) -> Answer {
    let people = app.auth.people().await.map_err(|fault| refuse_access(operation, fault))?;
    json(StatusCode::OK, &people.into_iter().map(dto).collect::<Answer<Vec<_>>>()?)
}

pub(crate) async fn create(State(app): State<Arc<App>>, Row(operation): Row, body: Body) -> Answer {
    let request = body.read(NewUserRequest::read)?;
    let password = Hidden::new(request.password.0);
    let made = app.auth.add_person(&request.email, &password, request.role, app.clock.now()).await;
    let dto = dto(made.map_err(|fault| body.respell(refuse_access(operation, fault)))?)?;
    let mut response = json(StatusCode::CREATED, &dto)?;
    locate(&mut response, &format!("/api/v1/users/{}", dto.id));
    Ok(response)
}

pub(crate) async fn update(
    State(app): State<Arc<App>>,
    Row(operation): Row,
    Caller(caller): Caller,
    Id(id): Id,
    body: Body,
) -> Answer {
    let request = body.read(UserRequest::read)?;
    let change = PersonChange {
        role: request.role,
        is_disabled: request.is_disabled,
        password: request.password.map(|password| Hidden::new(password.0)),
    };
    let changed = app.auth.change_person(&caller, UserId(id), change, app.clock.now()).await;
    let changed = changed.map_err(|fault| body.respell(refuse_access(operation, fault)))?;
    let user = changed.ok_or_else(|| problem(operation, "User was not found."))?;
    json(StatusCode::OK, &dto(user)?)
}

fn dto(user: User) -> Answer<PersonDto> {
    let role = Role::by_word(&user.role).ok_or_else(|| {
        tracing::error!(user.id = %user.id, "answering 500: the role of user {} is none", user.id);
        Problem::internal()
    })?;
    Ok(PersonDto {
        id: user.id.0,
        email: user.email,
        role,
        is_disabled: user.is_disabled,
        created_at: user.created_at,
        last_login_at: user.last_login_at,
    })
}
