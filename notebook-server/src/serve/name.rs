//! The names that a request is about: members and titles.

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;

use crate::answer::Failure;

/// No name is longer, in bytes: the log keeps it.
pub const LONGEST: usize = 500;

/// The one name that stands in a path.
pub struct Name(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Name {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let found = Path::<String>::from_request_parts(parts, state).await;
        let Path(name) = found.map_err(|_| {
            let hint =
                "write it in UTF-8, each byte that isn't a letter or digit as `%` and two digits";
            Failure::wrong("the name in the path is no text", hint).at("path")
        })?;
        check(&name, "path")?;
        Ok(Self(name))
    }
}

/// Refuses a name that is too long.
pub fn check(name: &str, place: &str) -> Result<(), Failure> {
    if name.len() <= LONGEST {
        return Ok(());
    }
    let what = format!("a name of {} bytes is too long", name.len());
    Err(Failure::wrong(what, format!("{LONGEST} bytes are enough for a name")).at(place))
}
