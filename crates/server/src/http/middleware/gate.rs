//! In front of each route: who calls, whether they may, how often, with what; then the call.
//!
//! The gate stands behind the router, so what it asks about is the row that matched, never the text
//! of a path (S1).

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{Uri, request::Parts},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use horarium_api::{
    Problem,
    operations::{Method, Operation},
};
use tracing::Instrument as _;

use super::{body, forgery, idempotency, panics};
use crate::{
    auth::{Principal, is_by_cookie},
    http::{
        App,
        extract::{Caller, Row, peer},
        refusal::{Answer, refuse_access},
    },
};

/// Names of parameters that some APIs take credentials in. They would end up in logs.
const CREDENTIAL_PARAMETERS: [&str; 3] = ["api_key", "apikey", "access_token"];

/// What one route's gate knows.
#[derive(Clone)]
pub(crate) struct Gate {
    pub(crate) app: Arc<App>,
    pub(crate) operation: &'static Operation,
}

pub(crate) async fn gate(State(gate): State<Gate>, request: Request, next: Next) -> Response {
    let (mut head, body) = request.into_parts();
    match gate.admit(&mut head).await {
        Ok(principal) => gate.call(principal, Request::from_parts(head, body), next).await,
        Err(refusal) => refusal.into_response(),
    }
}

impl Gate {
    /// `None` for a caller whom a public operation does not ask.
    async fn admit(&self, head: &mut Parts) -> Answer<Option<Arc<Principal>>> {
        let Self { app, operation } = self;
        head.extensions.insert(Row(operation));
        let principal = if operation.permission.allows_anonymous() {
            app.rates.of_stranger(peer(&head.extensions).0.ip())?;
            None
        } else {
            let principal = Arc::new(self.authenticate(head).await?);
            if !operation.permission.allows(principal.role) {
                return Err(Problem::forbidden("Your role does not allow this.").into());
            }
            app.rates.of_principal(&principal.subject())?;
            head.extensions.insert(Caller(Arc::clone(&principal)));
            Some(principal)
        };
        body::check_head(operation, &head.headers, app.body_bytes_max(operation))?;
        Ok(principal)
    }

    async fn authenticate(&self, head: &Parts) -> Answer<Principal> {
        let app = &self.app;
        let address = peer(&head.extensions).0.ip();
        if has_credential_parameter(&head.uri) {
            let detail = "Credentials do not belong into a URL; send them in a header.";
            return Err(Problem::unauthorised(detail).into());
        }
        app.rates.of_guesser(address)?;
        if is_by_cookie(&head.headers) {
            forgery::check(self.operation.method, &head.headers)?;
        }
        let authenticated = app.auth.authenticate(&head.headers, app.clock.now()).await;
        authenticated.map_err(|fault| {
            let refusal = refuse_access(self.operation, fault);
            if refusal.0.status() == 401 {
                app.rates.refused(address);
            }
            refusal
        })
    }

    async fn call(
        self,
        principal: Option<Arc<Principal>>,
        request: Request,
        next: Next,
    ) -> Response {
        if self.operation.method == Method::Get {
            return next.run(request).await;
        }
        // A task of its own: a change begun is brought to its end, whether or not the caller, or
        // the time limit, goes away meanwhile.
        let work = async move {
            match principal.filter(|_| self.operation.is_repeatable) {
                Some(principal) => idempotency::call(&self.app, &principal, request, next).await,
                None => next.run(request).await,
            }
        };
        let work = tokio::spawn(work.in_current_span());
        work.await.unwrap_or_else(|err| match err.try_into_panic() {
            Ok(panic) => panics::answered(panic.as_ref()),
            Err(_cancelled) => panics::answered(&"the runtime is ending"),
        })
    }
}

fn has_credential_parameter(uri: &Uri) -> bool {
    let query = uri.query().unwrap_or_default();
    let mut names = query.split('&').map(|pair| pair.split('=').next().unwrap_or_default());
    names.any(|name| CREDENTIAL_PARAMETERS.iter().any(|known| known.eq_ignore_ascii_case(name)))
}
