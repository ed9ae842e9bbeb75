//! The outermost layer. It refuses whatever isn't let through here, routes that don't exist
//! included, and gives every answer the headers that keep a page to itself.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::answer::Failure;
use crate::state::App;

/// What the page may load and do.
const POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data: blob:; connect-src 'self'; frame-src 'self' blob:; object-src 'none'; \
    base-uri 'none'; frame-ancestors 'none'; form-action 'self'";

/// The policy of the frame in which outputs of cells may run scripts. What runs there has no
/// origin, so neither cookies nor the page, and nothing to talk to but the page's messages.
const SANDBOX: &str = "default-src 'none'; \
    script-src 'unsafe-inline' 'unsafe-eval' 'wasm-unsafe-eval' blob: data:; \
    style-src 'unsafe-inline' blob: data:; img-src data: blob:; font-src data: blob:; \
    media-src data: blob:; worker-src blob: data:; connect-src data: blob:; frame-src 'none'; \
    object-src 'none'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'self'; sandbox allow-scripts";

/// Marks the answer that is that frame.
#[derive(Clone, Copy, Debug)]
pub struct Sandbox;

/// The headers of every answer.
const HEADERS: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Lets a request through, or not.
pub async fn guard(State(app): State<App>, request: Request, next: Next) -> Response {
    let mut answer = match check(&app, &request) {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.answer(&app, &request),
    };
    for (name, value) in HEADERS {
        answer.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    if answer.extensions_mut().remove::<Sandbox>().is_some() {
        let headers = answer.headers_mut();
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(SANDBOX));
        headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN"));
        headers.insert("x-dns-prefetch-control", HeaderValue::from_static("off"));
    }
    // What the store holds is nobody's to keep, but for what says otherwise.
    let headers = answer.headers_mut();
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    answer
}

/// Why a request isn't let through.
enum Refusal {
    Host,
    Login,
    Origin,
    Form,
}

fn check(app: &App, request: &Request) -> Result<(), Refusal> {
    let headers = request.headers();
    if !app.hosts.admits(headers) {
        return Err(Refusal::Host);
    }
    let is_login = request.uri().path() == app.login_path();
    if !is_login && !app.sessions.knows(headers) {
        return Err(Refusal::Login);
    }
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let upgrades = headers.contains_key(header::UPGRADE);
    let says_origin = headers.contains_key(header::ORIGIN);
    if (!reads || upgrades || says_origin) && !app.hosts.is_own_origin(headers) {
        return Err(Refusal::Origin);
    }
    // Forms of other pages can send everything but this. The password's form is looked at
    // where it is read.
    if !reads && !is_login && !is_json(headers) {
        return Err(Refusal::Form);
    }
    Ok(())
}

/// Whether a request's body is said to be JSON.
pub fn is_json(headers: &HeaderMap) -> bool {
    let said = headers.get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok());
    let said = said.map(|said| said.split(';').next().unwrap_or_default().trim());
    said.is_some_and(|said| said.eq_ignore_ascii_case("application/json"))
}

impl Refusal {
    fn answer(&self, app: &App, request: &Request) -> Response {
        let failure = match self {
            Self::Host => Failure::new(
                StatusCode::MISDIRECTED_REQUEST,
                "this server isn't asked by that name",
                "use the address that `flownote ui` printed; another name needs --allow-host",
            ),
            Self::Login if wants_page(app, request) => return login_page(app, request.headers()),
            Self::Login => Failure::new(
                StatusCode::UNAUTHORIZED,
                "you are not logged in",
                "run `flownote ui --url` and open the address that it prints",
            ),
            Self::Origin => Failure::new(
                StatusCode::FORBIDDEN,
                "the request comes from another page",
                "use the address that `flownote ui` printed; a proxy's needs --base-url",
            ),
            Self::Form => Failure::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "only JSON is understood here",
                "send `Content-Type: application/json`",
            ),
        };
        failure.into_response()
    }
}

fn wants_page(app: &App, request: &Request) -> bool {
    let path = request.uri().path();
    let is_api = path.strip_prefix(app.base.path.as_str()).is_some_and(|it| it.starts_with("/api"));
    let accepts = request.headers().get(header::ACCEPT).and_then(|it| it.to_str().ok());
    !is_api && request.method() == Method::GET && accepts.is_some_and(|it| it.contains("text/html"))
}

/// The page of those who aren't logged in. Whoever follows a link from elsewhere comes
/// without the cookie, which is `SameSite=Strict`: asking again from here brings it.
fn login_page(app: &App, headers: &HeaderMap) -> Response {
    let from = headers.get("sec-fetch-site").and_then(|it| it.to_str().ok());
    let again = matches!(from, Some("cross-site" | "same-site"));
    super::login::page(app, StatusCode::UNAUTHORIZED, again, None)
}
