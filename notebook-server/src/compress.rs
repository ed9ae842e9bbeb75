//! Answers in fewer bytes: `Content-Encoding: gzip` for who accepts it.
//!
//! Files of the page are compressed when they are built; here it is done for what is asked of
//! the store: lists, pages of tables. Pages of HTML never are. The page of the login repeats
//! what it was asked with and is answered to anybody: where a secret stood beside repeated
//! words, the length of the compressed whole would tell who guesses which of them are alike
//! (BREACH). The answers that are compressed carry no key of ours, and no other site can have
//! a browser ask for them again and again: the cookie is `SameSite=Strict`.

use std::io::Write;

use axum::body::{Body, Bytes, HttpBody, to_bytes};
use axum::extract::Request;
use axum::http::response::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::answer::Failure;

/// What is shorter comes in one packet as it is.
const LEAST: u64 = 1400;
/// What is longer than this goes out as it comes.
const MOST: usize = 64 << 20;

/// Compresses what is worth it.
pub async fn compress(request: Request, next: Next) -> Response {
    let accepts = accepts_gzip(request.headers()) && request.method() != Method::HEAD;
    let mut answer = next.run(request).await;
    if !is_data(answer.headers()) {
        return answer;
    }
    vary(answer.headers_mut());
    // A stream has no length: whoever waits for its events wants them one by one.
    let length = answer.body().size_hint().exact().unwrap_or(0);
    let fits = (LEAST..=MOST as u64).contains(&length);
    if !accepts || !fits || answer.status() != StatusCode::OK {
        return answer;
    }
    let (parts, body) = answer.into_parts();
    shorter(parts, to_bytes(body, MOST).await).await
}

/// The answer with what its body held in fewer bytes. A body that breaks off is no answer,
/// whatever its head says.
async fn shorter(mut parts: Parts, read: Result<Bytes, axum::Error>) -> Response {
    let Ok(whole) = read else {
        let what = "the answer could not be read to its end";
        return Failure::new(StatusCode::INTERNAL_SERVER_ERROR, what, "ask again").into_response();
    };
    let bytes = whole.clone();
    let squeezed = tokio::task::spawn_blocking(move || squeeze(bytes)).await;
    // As it was is better than nothing.
    let (bytes, is_shorter) = squeezed.unwrap_or((whole, false));
    parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes.len()));
    if is_shorter {
        parts.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    Response::from_parts(parts, Body::from(bytes))
}

/// Whether whoever asks reads gzip.
pub fn accepts_gzip(headers: &HeaderMap) -> bool {
    let said = headers.get_all(header::ACCEPT_ENCODING).into_iter();
    said.filter_map(|it| it.to_str().ok()).flat_map(|it| it.split(',')).any(|one| {
        let (name, rest) = one.split_once(';').unwrap_or((one, ""));
        let refused =
            matches!(rest.trim().trim_start_matches("q="), "0" | "0.0" | "0.00" | "0.000");
        name.trim().eq_ignore_ascii_case("gzip") && !refused
    })
}

/// Says that others may be answered otherwise.
pub fn vary(headers: &mut HeaderMap) {
    headers.append(header::VARY, HeaderValue::from_static("accept-encoding"));
}

fn is_data(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok());
    let kind = kind.map(|kind| kind.split(';').next().unwrap_or_default().trim());
    let is_ours = matches!(kind, Some("application/json" | "application/vnd.apache.arrow.stream"));
    is_ours && !headers.contains_key(header::CONTENT_ENCODING)
}

/// The bytes compressed, or as they were when that is no gain.
fn squeeze(bytes: Bytes) -> (Bytes, bool) {
    let mut writer = GzEncoder::new(Vec::with_capacity(bytes.len() / 3), Compression::fast());
    let written = writer.write_all(&bytes).and_then(|()| writer.finish());
    match written {
        Ok(short) if short.len() < bytes.len() => (short.into(), true),
        _ => (bytes, false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_answer_that_breaks_off_is_no_success() {
        let (parts, _) = Response::new(Body::empty()).into_parts();
        assert_eq!(parts.status, StatusCode::OK);
        let cut = std::io::Error::from(std::io::ErrorKind::UnexpectedEof);
        let answer = shorter(parts, Err(axum::Error::new(cut))).await;
        assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let said = to_bytes(answer.into_body(), MOST).await.expect("a body");
        assert!(String::from_utf8_lossy(&said).contains("could not be read to its end"));
    }

    #[tokio::test]
    async fn what_is_compressed_is_whole() {
        let (parts, _) = Response::new(Body::empty()).into_parts();
        let whole = Bytes::from(vec![b'a'; 10_000]);
        let answer = shorter(parts, Ok(whole.clone())).await;
        assert_eq!(answer.headers()[header::CONTENT_ENCODING], "gzip");
        let short = to_bytes(answer.into_body(), MOST).await.expect("a body");
        let mut read = Vec::new();
        let mut reader = flate2::read::GzDecoder::new(&short[..]);
        std::io::Read::read_to_end(&mut reader, &mut read).expect("whole");
        assert_eq!(read, whole);
    }

    #[test]
    fn gzip_is_for_who_asks_for_it() {
        let accepts = |said: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(said));
            accepts_gzip(&headers)
        };
        assert!(accepts("gzip") && accepts("br, GZIP;q=0.5") && accepts("deflate,gzip , br"));
        assert!(!accepts("br") && !accepts("gzip;q=0") && !accepts("") && !accepts("xgzip"));
        assert!(!accepts_gzip(&HeaderMap::new()));
    }
}
