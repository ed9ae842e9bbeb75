//! `/login`: a token, or a password, becomes a cookie. `/logout` ends it.

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use serde_json::json;

use crate::state::App;

/// How long a wrong password is thought over.
const PAUSE: Duration = Duration::from_millis(700);

/// `GET /login?token=…`: a login, or the page that asks for one.
pub async fn enter(State(app): State<App>, query: RawQuery, headers: HeaderMap) -> Response {
    let query = query.0.unwrap_or_default();
    let token = value(query.as_bytes(), "token");
    let to = value(query.as_bytes(), "to").filter(|to| is_place(to)).unwrap_or_default();
    match token {
        Some(token) if app.tokens.take(&token) => to_page(&app, &to),
        // The link was opened a second time, by one who is in already.
        Some(_) if app.sessions.knows(&headers) => to_page_again(&app, &to),
        Some(_) => page(
            &app,
            StatusCode::UNAUTHORIZED,
            false,
            Some("This link was used already, or is another server's: each is good for one login."),
        ),
        None => page(&app, StatusCode::OK, false, None),
    }
}

/// `POST /login`: the form with the password.
pub async fn password(State(app): State<App>, headers: HeaderMap, body: Bytes) -> Response {
    let is_form = headers
        .get(header::CONTENT_TYPE)
        .and_then(|it| it.to_str().ok())
        .is_some_and(|it| it.starts_with("application/x-www-form-urlencoded"));
    let Some(known) = app.password.as_ref().filter(|_| is_form && body.len() < 4096) else {
        return page(&app, StatusCode::UNSUPPORTED_MEDIA_TYPE, false, None);
    };
    // One guess at a time.
    let _turn = app.guessing.lock().await;
    let given = value(&body, "password").unwrap_or_default();
    // `blake3::Hash` compares in constant time.
    if blake3::hash(given.as_bytes()) == *known {
        return to_page(&app, "");
    }
    tokio::time::sleep(PAUSE).await;
    page(&app, StatusCode::UNAUTHORIZED, false, Some("That isn't the password."))
}

/// `POST /logout`: ends the login of this browser.
pub async fn leave(State(app): State<App>, headers: HeaderMap) -> Response {
    let cookie = app.sessions.end(&headers);
    ([(header::SET_COOKIE, cookie)], axum::Json(json!({}))).into_response()
}

fn to_page(app: &App, to: &str) -> Response {
    let mut answer = to_page_again(app, to);
    answer.headers_mut().insert(header::SET_COOKIE, app.sessions.begin());
    answer
}

fn to_page_again(app: &App, to: &str) -> Response {
    let to = HeaderValue::from_str(&format!("{}/{to}", app.base.path));
    let to = to.unwrap_or_else(|_| HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response()
}

/// Whether a text is a place of the page below its base, `runs/Flow/run?tab=code`, encoded as
/// addresses are: no way leads from it to another site.
fn is_place(to: &str) -> bool {
    let first = to.split(['/', '?']).next().unwrap_or_default();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-_.~%?&=+".contains(&byte);
    ["notebooks", "runs", "compare", "data", "health"].contains(&first)
        && to.bytes().all(plain)
        && !to.contains("//")
        && !to.split(['/', '?']).any(|part| part == "..")
}

/// A field of a form or a query.
fn value(text: &[u8], name: &str) -> Option<String> {
    let mut fields = url::form_urlencoded::parse(text);
    fields.find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
}

/// The page of those who aren't logged in: no script, nothing of the store, nothing of what
/// was asked.
pub fn page(app: &App, status: StatusCode, again: bool, said: Option<&str>) -> Response {
    let again = if again { r#"<meta http-equiv="refresh" content="0">"# } else { "" };
    let said = said.map(|said| format!("<p role=\"alert\">{said}</p>")).unwrap_or_default();
    let form = if app.password.is_some() {
        let to = app.login_path();
        format!(
            r#"<form method="post" action="{to}"><label>Password <input type="password" name="password" autocomplete="current-password" autofocus required></label> <button>Log in</button></form>"#
        )
    } else {
        String::new()
    };
    let text = format!(
        r#"<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Flownote: log in</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">{again}
<style>body{{font:16px/1.6 system-ui,sans-serif;max-width:34rem;margin:18vh auto;padding:0 1.5rem}}code{{font-family:ui-monospace,monospace}}</style>
</head><body><main><h1>Flownote</h1>{said}{form}
<p>You are not logged in here. Run <code>flownote ui --url</code> where the server runs, and open the address that it prints.</p>
</main></body></html>
"#
    );
    (status, Html(text)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_leads_to_places_of_the_page_alone() {
        for place in
            ["runs/Flow/20261122T101512345-8f2c9a?tab=code", "health", "notebooks/a%20b.ipynb"]
        {
            assert!(is_place(place), "{place}");
        }
        let others = [
            "",
            "/evil",
            "//evil",
            "login",
            "api/me",
            "runs/../api",
            "https://evil",
            "runs\r\nX: 1",
            "runs@evil",
        ];
        for other in others {
            assert!(!is_place(other), "{other}");
        }
    }
}
