//! The page: the bundle that `npm run build` made, from within this program or, with
//! `--dev`, from a folder.

use std::borrow::Cow;
use std::path::Path;

use axum::extract::{Path as Way, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use rust_embed::RustEmbed;

use crate::answer::Failure;
use crate::compress::{accepts_gzip, vary};
use crate::notebooks;
use crate::security::gate;
use crate::state::App;

/// What Vite makes. A program that was built without it still answers, and says so.
#[derive(RustEmbed)]
#[folder = "web/dist/"]
#[allow_missing = true]
struct Bundle;

/// The names of files with a digest in them never mean another content.
const FOREVER: &str = "private, max-age=31536000, immutable";

/// `GET` of every place of the page: the page finds its place itself.
pub async fn index(State(app): State<App>) -> Response {
    let Some((bytes, _)) = find(&app, "index.html").await else { return unbuilt(&app) };
    // Vite writes addresses from the root; here is where the root is.
    let text = String::from_utf8_lossy(&bytes);
    let base = &app.base.path;
    let text = text
        .replace("href=\"/", &format!("href=\"{base}/"))
        .replace("src=\"/", &format!("src=\"{base}/"));
    ([(header::CACHE_CONTROL, "no-cache")], Html(text)).into_response()
}

/// `GET` of a notebook: the page says that there is none, too, but the answer says it as well.
pub async fn notebook(State(app): State<App>, Way(path): Way<String>) -> Response {
    let mut answer = index(State(app.clone())).await;
    if answer.status().is_success() && !notebooks::is_there(&app, &path).await {
        *answer.status_mut() = StatusCode::NOT_FOUND;
    }
    answer
}

/// `GET` of a file of the bundle.
pub async fn asset(State(app): State<App>, uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path();
    let name = path.strip_prefix(app.base.path.as_str()).unwrap_or(path).trim_start_matches('/');
    let short = if accepts_gzip(&headers) { find(&app, &format!("{name}.gz")).await } else { None };
    let is_short = short.is_some();
    let found = match short {
        Some(found) => Some(found),
        None => find(&app, name).await,
    };
    let Some((bytes, digest)) = found else { return absent().into_response() };
    // Other bytes, another tag.
    let tag = format!("\"{digest}{}\"", if is_short { "-gzip" } else { "" });
    let known = headers.get(header::IF_NONE_MATCH).and_then(|it| it.to_str().ok());
    let cache = if name.starts_with("assets/") && app.dev.is_none() { FOREVER } else { "no-cache" };
    let mut answer = if known == Some(tag.as_str()) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let kind = mime_guess::from_path(name).first_or_octet_stream();
        let kind = HeaderValue::from_str(kind.as_ref());
        let kind = kind.unwrap_or_else(|_| HeaderValue::from_static("application/octet-stream"));
        ([(header::CONTENT_TYPE, kind)], bytes.into_owned()).into_response()
    };
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    vary(answer.headers_mut());
    if is_short {
        answer.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        answer.headers_mut().insert(header::ETAG, tag);
    }
    answer
}

/// `GET` of the frame in which outputs of cells may run scripts: a page without an origin and
/// without a network.
pub async fn sandbox(State(app): State<App>) -> Response {
    let Some((bytes, _)) = find(&app, "sandbox.html").await else { return unbuilt(&app) };
    let mut answer =
        ([(header::CACHE_CONTROL, "no-cache")], Html(bytes.into_owned())).into_response();
    answer.extensions_mut().insert(gate::Sandbox);
    answer
}

/// What answers where nothing is: to people the page, which says so and leads back; to programs
/// the error.
pub async fn nothing(State(app): State<App>, asked: Method, uri: Uri, head: HeaderMap) -> Response {
    let path = uri.path().strip_prefix(app.base.path.as_str()).unwrap_or_default();
    let accepted = head.get(header::ACCEPT).and_then(|it| it.to_str().ok()).unwrap_or_default();
    let is_person = asked == Method::GET && accepted.contains("text/html");
    let is_place = path.starts_with('/') && !path.starts_with("/api/");
    let is_file = path.starts_with("/assets/");
    if !is_person || !is_place || is_file {
        return absent().into_response();
    }
    let mut answer = index(State(app)).await;
    if answer.status().is_success() {
        *answer.status_mut() = StatusCode::NOT_FOUND;
    }
    answer
}

fn absent() -> Failure {
    Failure::missing("there is nothing at this address", "the page begins at its base, `/`")
}

/// A file of the page and a digest of it.
async fn find(app: &App, name: &str) -> Option<(Cow<'static, [u8]>, String)> {
    // Names of the bundle are plain: no way leads out of its folder.
    let plain = |part: &str| {
        !part.is_empty() && !part.starts_with('.') && !part.contains(['\\', '\0', '%'])
    };
    if !name.split('/').all(plain) {
        return None;
    }
    let bytes = match &app.dev {
        Some(folder) => Cow::Owned(tokio::fs::read(folder.join(Path::new(name))).await.ok()?),
        None => Bundle::get(name)?.data,
    };
    let digest = blake3::hash(&bytes).to_hex()[..16].to_owned();
    Some((bytes, digest))
}

fn unbuilt(app: &App) -> Response {
    let place = match &app.dev {
        Some(folder) => format!(
            "<code>{}</code> has no <code>index.html</code>",
            escape(&folder.display().to_string())
        ),
        None => "this Flownote was built without its page".to_owned(),
    };
    let text = format!(
        r#"<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Flownote</title>
<meta name="color-scheme" content="light dark">
<style>body{{font:16px/1.6 system-ui,sans-serif;max-width:38rem;margin:18vh auto;padding:0 1.5rem}}</style>
</head><body><main><h1>The page isn't built</h1><p>{place}. In Flownote's sources, <code>make studio</code>
builds it (with Node.js: <code>npm ci &amp;&amp; npm run build</code> in <code>notebook-server/web</code>)
and puts it into the program.</p><p>Meanwhile <code>flownote runs</code> and <code>flownote show</code> tell the same in a shell.</p>
</main></body></html>
"#
    );
    (StatusCode::SERVICE_UNAVAILABLE, Html(text)).into_response()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
