//! Access tokens: JWTs that only this server makes and reads (RFC 7519, RFC 8725, RFC 9068).
//!
//! The algorithm is HS256, never what a header says. A header holds `alg` and `typ` and nothing else:
//! there is nothing to critically understand and no key to fetch. Every claim that we write must come
//! back with its type; a token of a half-finished login (`token_use`) is not an access token. The time
//! is checked here, against the `now` of the caller, not by the library against the machine's.

use horarium_api::{WireEnum as _, enums::Role};
use horarium_core::UserId;
use horarium_store::{Hidden, User};
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    credential::CREDENTIAL_BYTES_MAX,
    error::{AuthError, Result},
    random,
};

/// By how much the clocks of two nodes may differ.
const LEEWAY_S: i64 = 30;
/// No token of ours lives longer, whatever the configuration says.
const LIFETIME_MAX_S: i64 = 60 * 60;
const TYP: &str = "at+jwt";
const SECRET_BYTES_MIN: usize = 32;
/// Of keys that are patterns: fewer different bytes than this.
const SECRET_BYTES_DISTINCT_MIN: usize = 8;
/// Keys that stand in documents, in lower case.
const SECRETS_PUBLISHED: &[&str] = &[
    "a-string-secret-at-least-256-bits-long",
    "a-valid-string-secret-that-is-at-least-512-bits-long-which-is-very-long",
    "yoursupersecretkeythatisatleast32characterslong",
    "yoursupersecretkeythatisatleast32characterslong!",
    "your-super-secret-key-that-is-at-least-32-characters-long",
    "your-secret-key-must-be-at-least-32-characters-long",
    "this-is-a-very-secret-key-for-jwt-token-generation",
];

/// Why a token is refused, for the log: the caller is told nothing of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenFault {
    #[error("it is too long")]
    TooLong,
    #[error("its header is not ours")]
    Header,
    #[error("its signature, its issuer, its audience or a claim is not ours")]
    Content,
    #[error("it is not an access token")]
    Use,
    #[error("it has expired")]
    Expired,
    #[error("it is not valid yet")]
    Early,
    #[error("it lives longer than ours do")]
    Lifetime,
}

/// Whose token to make.
pub(super) struct Subject<'a> {
    pub user: &'a User,
    pub role: Role,
    pub session: Uuid,
}

/// What a genuine token says; whether that still holds is for the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Verified {
    pub user_id: UserId,
    pub session: Uuid,
    pub token_version: i64,
}

/// The claims of a token. The long names are the original's (alphabet.md §4), for its clients.
#[derive(Serialize)]
struct Written<'a> {
    sub: String,
    jti: String,
    iat: i64,
    nbf: i64,
    exp: i64,
    iss: &'a str,
    aud: &'a str,
    /// Token version: a user's newer one ends this token.
    tv: i64,
    /// The login it came from.
    sid: String,
    email: &'a str,
    name: &'a str,
    role: &'static str,
    #[serde(rename = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier")]
    long_sub: String,
    #[serde(rename = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress")]
    long_email: &'a str,
    #[serde(rename = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name")]
    long_name: &'a str,
    #[serde(rename = "http://schemas.microsoft.com/ws/2008/06/identity/claims/role")]
    long_role: &'static str,
}

/// What we read of it. The types are strict: a text is no number, and a name given twice is an error.
#[derive(Deserialize)]
struct Claims {
    sub: Uuid,
    jti: Uuid,
    iat: u32,
    nbf: u32,
    exp: u32,
    iss: String,
    aud: String,
    tv: u32,
    sid: Uuid,
    token_use: Option<serde_json::Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StrictHeader {
    alg: String,
    typ: String,
}

/// Makes and reads access tokens.
pub(super) struct Signer {
    issuer: String,
    audience: String,
    encoding: EncodingKey,
    decoding: DecodingKey,
}

impl Signer {
    /// # Errors
    ///
    /// `WeakSigningSecret` for a key that is short, a pattern, or published.
    pub(super) fn new(secret: &Hidden, issuer: &str, audience: &str) -> Result<Self> {
        let bytes = secret.expose().as_bytes();
        check_secret(secret.expose()).map_err(AuthError::WeakSigningSecret)?;
        Ok(Self {
            issuer: issuer.to_owned(),
            audience: audience.to_owned(),
            encoding: EncodingKey::from_secret(bytes),
            decoding: DecodingKey::from_secret(bytes),
        })
    }

    /// A token that is valid from `now` until `expires_at`.
    pub(super) fn sign(
        &self,
        subject: &Subject<'_>,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<Hidden> {
        let user = subject.user;
        let claims = Written {
            sub: user.id.to_string(),
            jti: random::id(now).to_string(),
            iat: now.as_second(),
            nbf: now.as_second(),
            exp: expires_at.as_second(),
            iss: &self.issuer,
            aud: &self.audience,
            tv: user.token_version,
            sid: subject.session.to_string(),
            email: &user.email,
            name: &user.name,
            role: subject.role.name(),
            long_sub: user.id.to_string(),
            long_email: &user.email,
            long_name: &user.name,
            long_role: original_role(subject.role),
        };
        let header = Header { typ: Some(TYP.to_owned()), ..Header::new(Algorithm::HS256) };
        let token = jsonwebtoken::encode(&header, &claims, &self.encoding);
        let token = token.map_err(|err| AuthError::Damaged(format!("signing a token: {err}")))?;
        Ok(Hidden::new(token))
    }

    pub(super) fn verify(&self, token: &str, now: Timestamp) -> Result<Verified, TokenFault> {
        if token.len() > CREDENTIAL_BYTES_MAX {
            return Err(TokenFault::TooLong);
        }
        check_header(token)?;
        let claims = jsonwebtoken::decode::<Claims>(token, &self.decoding, &self.validation());
        let claims = claims.map_err(|_| TokenFault::Content)?.claims;
        if claims.iss != self.issuer || claims.aud != self.audience || claims.jti.is_nil() {
            return Err(TokenFault::Content);
        }
        if claims.token_use.is_some() {
            return Err(TokenFault::Use);
        }
        check_times(&claims, now)?;
        Ok(Verified {
            user_id: UserId(claims.sub),
            session: claims.sid,
            token_version: i64::from(claims.tv),
        })
    }

    fn validation(&self) -> Validation {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_required_spec_claims(&["exp", "nbf", "sub", "iss", "aud"]);
        validation.set_issuer(&[&self.issuer]);
        validation.set_audience(&[&self.audience]);
        // The library would ask the machine for the time; see `check_times`.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        validation
    }
}

/// The header as written by us, and nothing besides: no `crit`, `jku`, `jwk`, `x5u`, `kid`.
fn check_header(token: &str) -> Result<(), TokenFault> {
    use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};

    let header = token.split('.').next().unwrap_or_default();
    let header = BASE64_URL_SAFE_NO_PAD.decode(header).map_err(|_| TokenFault::Header)?;
    let header: StrictHeader = serde_json::from_slice(&header).map_err(|_| TokenFault::Header)?;
    if header.alg == "HS256" && header.typ == TYP { Ok(()) } else { Err(TokenFault::Header) }
}

fn check_times(claims: &Claims, now: Timestamp) -> Result<(), TokenFault> {
    let now = now.as_second();
    let [iat, nbf, exp] = [claims.iat, claims.nbf, claims.exp].map(i64::from);
    if now >= exp + LEEWAY_S {
        return Err(TokenFault::Expired);
    }
    if now < nbf - LEEWAY_S || now < iat - LEEWAY_S {
        return Err(TokenFault::Early);
    }
    if exp - iat > LIFETIME_MAX_S || exp < iat {
        return Err(TokenFault::Lifetime);
    }
    Ok(())
}

fn check_secret(secret: &str) -> Result<(), &'static str> {
    let distinct: std::collections::HashSet<u8> = secret.bytes().collect();
    if secret.len() < SECRET_BYTES_MIN {
        Err("it has less than 32 bytes")
    } else if distinct.len() < SECRET_BYTES_DISTINCT_MIN {
        Err("it is a pattern")
    } else if SECRETS_PUBLISHED.contains(&secret.to_lowercase().as_str()) {
        Err("it stands in a document")
    } else {
        Ok(())
    }
}

/// The original's word for a role; its clients look for `Admin`.
fn original_role(role: Role) -> &'static str {
    match role {
        Role::Administrator => "Admin",
        Role::Operator => "User",
        Role::Viewer => "Viewer",
    }
}

/// When an access token ends that is made now, under a login that ends at `session_ends_at`.
pub(super) fn access_expiry(
    lifetime: SignedDuration,
    now: Timestamp,
    session_ends_at: Timestamp,
) -> Timestamp {
    now.checked_add(lifetime).unwrap_or(session_ends_at).min(session_ends_at)
}
