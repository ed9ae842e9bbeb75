//! A notebook in another form: `GET api/notebooks/export?path=&as=html|py|ipynb`.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use flownote_notebook::ipynb::{self, Bounds};
use flownote_notebook::percent;

use super::folder::Relative;
use super::serve::document;
use crate::answer::Failure;
use crate::query::Asked;
use crate::state::App;

/// `GET api/notebooks/export`.
pub async fn export(State(app): State<App>, asked: Asked) -> Result<Response, Failure> {
    let rooms = super::rooms(&app)?;
    let path = Relative::of_notebook(asked.one("path").unwrap_or_default())?;
    let document = document(rooms, &path).await?;
    let stem = path.name().rsplit_once('.').map_or(path.name(), |(stem, _)| stem);
    let (kind, ending, text) = match asked.one("as") {
        Some("ipynb") => {
            ("application/x-ipynb+json", "ipynb", ipynb::write_within(&document, Bounds::NONE))
        }
        Some("py") => (
            "text/x-python; charset=utf-8",
            "py",
            percent::write(&document, percent::Style::default()),
        ),
        Some("html") => ("text/html; charset=utf-8", "html", super::html::page(stem, &document)),
        _ => {
            return Err(Failure::wrong(
                "that is no form of a notebook",
                "ask as=html, py or ipynb",
            ));
        }
    };
    let disposition = attachment(&format!("{stem}.{ending}"));
    Ok((
        [
            (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
            (header::CONTENT_DISPOSITION, disposition),
        ],
        text,
    )
        .into_response())
}

/// Says that a body is a file of this name (RFC 6266, RFC 8187).
fn attachment(name: &str) -> HeaderValue {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let encoded: String = (name.bytes())
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect();
    let fallback: String = name
        .chars()
        .map(|it| if it.is_ascii_alphanumeric() || "-_.".contains(it) { it } else { '_' })
        .collect();
    let text = format!("attachment; filename=\"{fallback}\"; filename*=UTF-8''{encoded}");
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("attachment"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_name_is_a_file_name() {
        assert_eq!(
            attachment("é \"x\"\r\n.py"),
            "attachment; filename=\"___x___.py\"; filename*=UTF-8''%C3%A9%20%22x%22%0D%0A.py"
        );
    }
}
