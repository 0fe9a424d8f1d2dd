//! The dashboard's cookie: what browsers are told to keep, and to forget.

use axum::{
    http::{HeaderValue, header},
    response::Response,
};
use horarium_store::Hidden;

use crate::auth::{BROWSER_SESSION_MAX, SESSION_COOKIE};

/// `Secure` also over plain HTTP to loopback, the only place where we are reached so: browsers count
/// that as trustworthy (Safari does not, docs/dashboard.md).
const ATTRIBUTES: &str = "Path=/; Secure; HttpOnly; SameSite=Strict";

pub(super) fn keep(response: &mut Response, secret: &Hidden) {
    let seconds = BROWSER_SESSION_MAX.as_secs();
    let secret = secret.expose();
    set(response, &format!("{SESSION_COOKIE}={secret}; {ATTRIBUTES}; Max-Age={seconds}"));
}

pub(super) fn forget(response: &mut Response) {
    set(response, &format!("{SESSION_COOKIE}=; {ATTRIBUTES}; Max-Age=0"));
}

fn set(response: &mut Response, cookie: &str) {
    if let Ok(mut cookie) = HeaderValue::from_str(cookie) {
        cookie.set_sensitive(true);
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}
