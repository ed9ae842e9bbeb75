//! The outermost layer of `flownote serve`: it is asked by its own name, by programs and not by
//! pages of other sites, in JSON, and with a token where there is one.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::routes::ROUTES;
use super::state::{Serving, Shared};
use crate::answer::Failure;
use crate::security::gate::is_json;

/// The headers of every answer.
const HEADERS: [(HeaderName, &str); 4] = [
    (header::CACHE_CONTROL, "no-store"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Lets a request through, or not.
pub async fn guard(State(app): State<Serving>, request: Request, next: Next) -> Response {
    let mut answer = match check(&app, &request) {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    };
    for (name, value) in HEADERS {
        answer.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    answer
}

fn check(app: &Shared, request: &Request) -> Result<(), Failure> {
    let headers = request.headers();
    if !app.hosts.admits(headers) {
        return Err(Failure::new(
            StatusCode::MISDIRECTED_REQUEST,
            "this server isn't asked by that name",
            "use the address that `flownote serve` printed; another name needs --allow-host",
        ));
    }
    if is_of_a_page(headers) {
        return Err(Failure::new(
            StatusCode::FORBIDDEN,
            "the request comes from a page of another site",
            "ask from a program: a service of yours asks in place of its pages",
        ));
    }
    if app.token.is_some_and(|token| token_of(headers) != Some(token)) {
        return Err(Failure::new(
            StatusCode::UNAUTHORIZED,
            "the request has no token, or another",
            "send `Authorization: Bearer TOKEN`",
        ));
    }
    if is_post(request) && !is_json(headers) {
        return Err(Failure::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "only JSON is understood here",
            "send `Content-Type: application/json`",
        ));
    }
    Ok(())
}

/// Whether it is a POST to where one is taken; what isn't asked so is told that instead.
fn is_post(request: &Request) -> bool {
    let path = request.uri().path();
    *request.method() == Method::POST
        && ROUTES.iter().any(|it| it.method == "post" && it.path == path)
}

/// Whether a browser says that a page asks. None of its own is served, so it is another site's;
/// an address that somebody typed is nobody's page.
fn is_of_a_page(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site").and_then(|it| it.to_str().ok());
    headers.contains_key(header::ORIGIN) || !matches!(site, None | Some("none" | "same-origin"))
}

/// The digest of the token that a request carries: digests are compared in a time that doesn't
/// depend on them.
fn token_of(headers: &HeaderMap) -> Option<blake3::Hash> {
    let said = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = said.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| blake3::hash(token.trim().as_bytes()))
}
