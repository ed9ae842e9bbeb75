//! Which table a request means.

use crate::answer::Failure;
use crate::api::TableSource;
use crate::query::Asked;
use crate::state::App;
use crate::tables::{Openable, Tables, Trouble};

/// Reads a table from an address.
pub fn of(asked: &Asked) -> Result<TableSource, Failure> {
    let text = |name: &str| asked.one(name).map(str::to_owned);
    match (text("artifact"), text("file"), text("result"), text("notebook"), text("name")) {
        (Some(pathspec), ..) => Ok(TableSource::Artifact { pathspec }),
        (_, Some(path), ..) => Ok(TableSource::File { path }),
        (_, _, Some(id), ..) => Ok(TableSource::Result { id }),
        (_, _, _, Some(notebook), Some(name)) => Ok(TableSource::Frame { notebook, name }),
        _ => Err(Failure::wrong(
            "the request names no table",
            "name one: artifact=…, file=…, result=…, or notebook=…&name=…",
        )),
    }
}

/// Finds what is meant.
pub async fn openable(_app: &App, source: TableSource) -> Result<Openable, Failure> {
    match source {
        TableSource::Artifact { pathspec } => Ok(Openable::Artifact(pathspec)),
        TableSource::File { path } => Ok(Openable::File(path)),
        TableSource::Result { id } => Ok(Openable::Result(id)),
        TableSource::Frame { name, .. } => {
            Err(Failure::missing(format!("`{name}` isn't held by a kernel"), "run its cell again"))
        }
    }
}

/// Who opens tables.
pub fn tables(app: &App) -> Result<&dyn Tables, Failure> {
    app.tables.as_deref().ok_or_else(|| {
        Failure::missing("this server opens no tables", "`flownote ui` starts one that does")
    })
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Self {
        let hint = trouble.hint.unwrap_or_default();
        match trouble.is_missing {
            true => Self::missing(trouble.what, hint),
            false => Self::wrong(trouble.what, hint),
        }
    }
}
