//! Which table a request means.

use flownote_notebook::CellId;

use crate::answer::Failure;
use crate::api::TableSource;
use crate::notebooks::folder::Relative;
use crate::notebooks::rooms::NotAnswered;
use crate::query::Asked;
use crate::state::App;
use crate::tables::{Openable, Tables, Trouble};

/// Reads a table from an address.
pub fn of(asked: &Asked) -> Result<TableSource, Failure> {
    let text = |name: &str| asked.one(name).map(str::to_owned);
    if let (Some(notebook), Some(cell), Some(name)) = (text("notebook"), text("cell"), text("name"))
    {
        return Ok(TableSource::Frame { notebook, cell, name });
    }
    match (text("artifact"), text("file"), text("result")) {
        (Some(pathspec), ..) => Ok(TableSource::Artifact { pathspec }),
        (_, Some(path), _) => Ok(TableSource::File { path }),
        (.., Some(id)) => Ok(TableSource::Result { id }),
        _ => Err(Failure::wrong(
            "the request names no table",
            "name one: artifact=…, file=…, result=…, or notebook=…&cell=…&name=…",
        )),
    }
}

/// Finds what is meant.
pub async fn openable(app: &App, source: TableSource) -> Result<Openable, Failure> {
    match source {
        TableSource::Artifact { pathspec } => Ok(Openable::Artifact(pathspec)),
        TableSource::File { path } => Ok(Openable::File(path)),
        TableSource::Result { id } => Ok(Openable::Result(id)),
        TableSource::Frame { notebook, cell, name } => {
            let rooms = crate::notebooks::rooms(app)?;
            let path = Relative::of_notebook(&notebook)?;
            let value = rooms.table(&path, CellId::new(cell), name).await.map_err(unread)?;
            Ok(Openable::Value { record: Box::new(value.record), path: value.path })
        }
    }
}

fn unread(why: NotAnswered) -> Failure {
    match why {
        NotAnswered::Refused(refusal) => refusal.into(),
        NotAnswered::Problem(problem) => {
            Failure::missing(problem.message, problem.hint.unwrap_or_default())
        }
        NotAnswered::Closed => Failure::missing("the notebook is being closed", "try again"),
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
