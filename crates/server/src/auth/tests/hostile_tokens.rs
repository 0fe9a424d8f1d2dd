//! Tokens that somebody else would have liked us to take (RFC 8725 §2).

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as B64};
use horarium_api::enums::Role;
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    super::tokens::{Signer, Subject, TokenFault},
    *,
};

const SECRET: &str = "0123456789abcdefghijklmnopqrstuvwxyz-._~";

fn signer() -> Signer {
    Signer::new(&hidden(SECRET), "Horarium", "Horarium.Clients").unwrap()
}

/// A payload that is right at `at(0)` in every claim.
fn good() -> Value {
    let now = at(0).as_second();
    json!({
        "sub": "01890000-0000-7000-8000-000000000001", "jti": "01890000-0000-7000-8000-000000000002",
        "sid": "01890000-0000-7000-8000-000000000003", "tv": 1,
        "iat": now, "nbf": now, "exp": now + 900,
        "iss": "Horarium", "aud": "Horarium.Clients",
    })
}

fn with(claim: &str, value: impl Into<Value>) -> String {
    let mut payload = good();
    payload[claim] = value.into();
    payload.to_string()
}

fn without(claim: &str) -> String {
    let mut payload = good();
    payload.as_object_mut().unwrap().shift_remove(claim);
    payload.to_string()
}

/// With a text in place of a claim's value, for what no `Value` can hold.
fn with_text(claim: &str, text: &str) -> String {
    with(claim, "PLACE").replace("\"PLACE\"", text)
}

fn sign_with(header: &str, payload: &str, secret: &[u8], algorithm: Algorithm) -> String {
    let message = format!("{}.{}", B64.encode(header), B64.encode(payload));
    let key = EncodingKey::from_secret(secret);
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &key, algorithm).unwrap();
    format!("{message}.{signature}")
}

/// Signed with our own key: only the content is wrong.
fn signed(header: &str, payload: &str) -> String {
    sign_with(header, payload, SECRET.as_bytes(), Algorithm::HS256)
}

const HEADER: &str = r#"{"typ":"at+jwt","alg":"HS256"}"#;

fn refused(name: &str, token: &str) -> TokenFault {
    match signer().verify(token, at(0)) {
        Ok(_) => panic!("{name} was taken"),
        Err(fault) => fault,
    }
}

#[test]
fn the_good_token_is_taken_or_the_others_would_prove_nothing() {
    signer().verify(&signed(HEADER, &good().to_string()), at(0)).unwrap();
}

#[test]
fn a_wrong_header_is_refused_before_the_signature_is_looked_at() {
    let payload = good().to_string();
    let headers = [
        r#"{"typ":"at+jwt","alg":"none"}"#,
        r#"{"typ":"at+jwt","alg":"None"}"#,
        r#"{"typ":"at+jwt","alg":"NONE"}"#,
        r#"{"typ":"at+jwt","alg":"nOnE"}"#,
        r#"{"typ":"at+jwt","alg":""}"#,
        r#"{"typ":"at+jwt","alg":null}"#,
        r#"{"typ":"at+jwt","alg":["HS256"]}"#,
        r#"{"typ":"at+jwt","alg":"hs256"}"#,
        r#"{"typ":"at+jwt","alg":"HS384"}"#,
        r#"{"typ":"at+jwt","alg":"HS512"}"#,
        r#"{"typ":"at+jwt","alg":"RS256"}"#,
        r#"{"typ":"at+jwt","alg":"ES256"}"#,
        r#"{"typ":"at+jwt","alg":"PS256"}"#,
        r#"{"typ":"at+jwt","alg":"EdDSA"}"#,
        r#"{"typ":"at+jwt"}"#,
        r#"{"alg":"HS256"}"#,
        r#"{"typ":"JWT","alg":"HS256"}"#,
        r#"{"typ":"at+JWT","alg":"HS256"}"#,
        r#"{"typ":"application/at+jwt","alg":"HS256"}"#,
        r#"{"typ":null,"alg":"HS256"}"#,
        r#"{"typ":"at+jwt","alg":"HS256","alg":"HS256"}"#,
        r#"{"typ":"at+jwt","alg":"HS256","kid":"../../../../dev/null"}"#,
        r#"{"typ":"at+jwt","alg":"HS256","kid":"x' UNION SELECT 'secret"}"#,
        r#"{"typ":"at+jwt","alg":"HS256","crit":["exp"]}"#,
        r#"{"typ":"at+jwt","alg":"HS256","crit":[]}"#,
        r#"{"typ":"at+jwt","alg":"HS256","jku":"https://evil.example/jwks.json"}"#,
        r#"{"typ":"at+jwt","alg":"HS256","jwk":{"kty":"oct","k":"AAAA"}}"#,
        r#"{"typ":"at+jwt","alg":"HS256","x5u":"https://evil.example/cert.pem"}"#,
        r#"{"typ":"at+jwt","alg":"HS256","x5c":["AAAA"]}"#,
        r#"{"typ":"at+jwt","alg":"HS256","b64":false}"#,
        r#"{"typ":"at+jwt","alg":"HS256","zip":"DEF"}"#,
        "{}",
        "[]",
        "null",
        "",
    ];
    for header in headers {
        assert_eq!(refused(header, &signed(header, &payload)), TokenFault::Header, "{header}");
    }
}

#[test]
fn a_signature_that_is_not_ours_is_refused() {
    let payload = good().to_string();
    let genuine = signed(HEADER, &payload);
    let (message, signature) = genuine.rsplit_once('.').unwrap();
    let (head, _) = message.split_once('.').unwrap();
    let other = B64.encode(with("sub", Uuid::max().to_string()));
    let cut = &signature[..signature.len() - 2];
    let tokens = [
        ("an empty signature", format!("{message}.")),
        ("no signature", message.to_owned()),
        ("a shortened signature", format!("{message}.{cut}")),
        ("a padded signature", format!("{genuine}=")),
        ("a doubled signature", format!("{genuine}.{signature}")),
        ("a signature of zeroes", format!("{message}.{}", B64.encode([0; 32]))),
        ("another payload", format!("{head}.{other}.{signature}")),
        ("an encrypted token's five parts", format!("{head}....{signature}")),
        (
            "another key",
            sign_with(HEADER, &payload, b"another secret of 32 bytes, or so", Algorithm::HS256),
        ),
        ("an empty key", sign_with(HEADER, &payload, b"", Algorithm::HS256)),
        (
            "HS512 under our header",
            sign_with(HEADER, &payload, SECRET.as_bytes(), Algorithm::HS512),
        ),
    ];
    for (name, token) in tokens {
        refused(name, &token);
    }
}

#[test]
fn a_time_that_is_no_whole_number_is_refused() {
    let now = at(0).as_second();
    for claim in ["exp", "iat", "nbf"] {
        for text in [
            &format!("\"{}\"", now + 900),
            &format!("{}.0", now + 900),
            &format!("{}.5", now + 900),
            "\"never\"",
            "1e400",
            "1e12",
            "-1",
            "[]",
            "{}",
            "true",
            "null",
            "\"\"",
            "18446744073709551616",
            "9223372036854775807",
            "NaN",
            "Infinity",
        ] {
            let payload = with_text(claim, text);
            assert_eq!(refused(&payload, &signed(HEADER, &payload)), TokenFault::Content);
        }
        let array = with(claim, json!([now + 900]));
        assert_eq!(refused(&array, &signed(HEADER, &array)), TokenFault::Content);
    }
}

#[test]
fn a_missing_claim_is_refused() {
    for claim in ["sub", "jti", "sid", "tv", "iat", "nbf", "exp", "iss", "aud"] {
        assert_eq!(
            refused(claim, &signed(HEADER, &without(claim))),
            TokenFault::Content,
            "{claim}"
        );
    }
}

#[test]
fn a_claim_of_another_value_or_type_is_refused() {
    let payloads = [
        with("iss", "Alphabet"),
        with("iss", "horarium"),
        with("iss", ""),
        with("iss", Value::Null),
        with("iss", json!(["Horarium"])),
        with("iss", json!(["Horarium", "Evil"])),
        with("aud", "Alphabet.Clients"),
        with("aud", ""),
        with("aud", json!(["Horarium.Clients"])),
        with("aud", json!(["Evil", "Horarium.Clients"])),
        with("aud", json!({"Horarium.Clients": true})),
        with("sub", ""),
        with("sub", 1),
        with("sub", "1 OR 1=1"),
        with("sub", Value::Null),
        with("sub", json!(["01890000-0000-7000-8000-000000000001"])),
        with("sid", "x"),
        with("jti", ""),
        with("jti", Uuid::nil().to_string()),
        with("tv", "1"),
        with("tv", -1),
        with("tv", 1.0),
        with("tv", u64::MAX),
    ];
    for payload in payloads {
        assert_eq!(refused(&payload, &signed(HEADER, &payload)), TokenFault::Content, "{payload}");
    }
}

#[test]
fn a_claim_given_twice_is_refused() {
    for claim in ["sub", "exp", "aud", "tv"] {
        let once = good();
        let payload = once.to_string().replacen('{', &format!("{{\"{claim}\":{},", once[claim]), 1);
        assert_eq!(refused(&payload, &signed(HEADER, &payload)), TokenFault::Content, "{payload}");
    }
}

#[test]
fn a_token_of_a_half_finished_login_is_refused() {
    for token_use in ["mfa", "refresh", "access", ""] {
        let payload = with("token_use", token_use);
        assert_eq!(refused(token_use, &signed(HEADER, &payload)), TokenFault::Use);
    }
}

#[test]
fn a_payload_that_is_no_object_is_refused() {
    for payload in ["", "null", "[]", "1", "\"x\"", "{", "{}x", "\u{feff}{}"] {
        assert_eq!(refused(payload, &signed(HEADER, payload)), TokenFault::Content, "{payload}");
    }
}

#[test]
fn what_is_no_token_at_all_is_refused() {
    for token in ["", ".", "..", "...", "a.b", "a.b.c", "é.é.é", "\0.\0.\0", " "] {
        refused(token, token);
    }
}

#[test]
fn a_huge_token_is_refused_unread() {
    let payload = with("padding", "x".repeat(5_000));
    assert_eq!(refused("huge", &signed(HEADER, &payload)), TokenFault::TooLong);
}

#[test]
fn the_times_hold_to_the_second_with_thirty_of_leeway() {
    let check = |token: &str, seconds: i64, expect: Option<TokenFault>| {
        assert_eq!(signer().verify(token, at(seconds)).err(), expect, "{seconds}");
    };
    let token = signed(HEADER, &good().to_string());
    check(&token, -31, Some(TokenFault::Early));
    check(&token, -30, None);
    check(&token, 929, None);
    check(&token, 930, Some(TokenFault::Expired));
    let now = at(0).as_second();
    check(&signed(HEADER, &with("nbf", now + 31)), 0, Some(TokenFault::Early));
    check(&signed(HEADER, &with("iat", now + 31)), 0, Some(TokenFault::Early));
    check(&signed(HEADER, &with("exp", now + 3_600)), 0, None);
    check(&signed(HEADER, &with("exp", now + 3_601)), 0, Some(TokenFault::Lifetime));
    check(&signed(HEADER, &with("exp", now - 1)), 0, Some(TokenFault::Lifetime));
    check(&signed(HEADER, &with("exp", 0)), 0, Some(TokenFault::Expired));
    check(&signed(HEADER, &with("exp", u32::MAX)), 0, Some(TokenFault::Lifetime));
}

#[test]
fn a_key_that_is_none_is_refused() {
    let check = |secret: &str, expect: bool| {
        let signer = Signer::new(&hidden(secret), "i", "a");
        assert_eq!(signer.is_ok(), expect, "{secret}");
    };
    check(SECRET, true);
    check("", false);
    check("0123456789abcdefghijklmnopqrstu", false);
    check(&"a".repeat(64), false);
    check(&"abcdefg".repeat(10), false);
    check("a-string-secret-at-least-256-bits-long", false);
    check("YourSuperSecretKeyThatIsAtLeast32CharactersLong!", false);
}

#[tokio::test]
async fn claims_carry_both_the_short_and_the_originals_long_names() {
    let (fixture, user) = Fixture::set_up().await;
    let session = fixture.log_in(at(1)).await;
    let payload = session.access_token.expose().split('.').nth(1).unwrap();
    let claims: Value = serde_json::from_slice(&B64.decode(payload).unwrap()).unwrap();
    let soap = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims";
    let check = |claim: &str, expect: Value| assert_eq!(claims[claim], expect, "{claim}");
    check("sub", json!(user.id.to_string()));
    check("email", json!(EMAIL));
    check("name", json!("Ada"));
    check("role", json!("Administrator"));
    check("iat", json!(at(1).as_second()));
    check("exp", json!(at(901).as_second()));
    check(&format!("{soap}/nameidentifier"), json!(user.id.to_string()));
    check(&format!("{soap}/emailaddress"), json!(EMAIL));
    check(&format!("{soap}/name"), json!("Ada"));
    check("http://schemas.microsoft.com/ws/2008/06/identity/claims/role", json!("Admin"));
}

#[tokio::test]
async fn a_genuine_token_of_an_unknown_user_login_or_version_is_refused() {
    let (fixture, user) = Fixture::set_up().await;
    let session = fixture.log_in(at(1)).await;
    let principal = fixture.principal(&session.access_token, at(1)).await.unwrap();
    let PrincipalKind::User { session: family, .. } = principal.kind else { panic!("a user") };
    let check = async |user: User, session: Uuid, expect: bool| {
        let subject = Subject { user: &user, role: Role::Administrator, session };
        let token = fixture.auth.signer.sign(&subject, at(1), at(901)).unwrap();
        let answer = fixture.principal(&token, at(2)).await;
        assert_eq!(answer.is_ok(), expect, "{answer:?}");
    };
    check(user.clone(), family, true).await;
    check(User { token_version: user.token_version + 1, ..user.clone() }, family, false).await;
    check(User { token_version: 0, ..user.clone() }, family, false).await;
    check(user.clone(), Uuid::max(), false).await;
    check(User { id: horarium_core::UserId(Uuid::max()), ..user }, family, false).await;
}
