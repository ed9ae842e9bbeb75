//! What rustc finds in the Rust cells of a notebook, whether or not a kernel runs: none is
//! started for it, and no cell runs.

use std::collections::BTreeMap;
use std::time::Instant;

use axum::http::StatusCode;
use flownote_kernel::rust::{CheckError, Checker};
use flownote_notebook::session::CellLinks;
use flownote_notebook::{CellId, Document, Language};

use super::PATIENCE;
use crate::answer::Failure;
use crate::notebooks::entry::CheckedCell;
use crate::notebooks::folder::Relative;
use crate::notebooks::room::KnownCells;
use crate::notebooks::rooms::Rooms;
use crate::notebooks::serve::blocking;

/// What it finds in the Rust cells.
pub async fn look(
    rooms: &Rooms,
    path: &Relative,
    document: Document,
) -> Result<Vec<CheckedCell>, Failure> {
    let mut links = KnownCells::of(&rooms.ground.store, &document).await.links;
    if let Some(known) = rooms.names(path).await {
        take_types(&mut links, &known);
    }
    blocking(move || {
        let begun = Instant::now();
        let checker = Checker::new()?;
        let found = checker.check(&document, &links, &|| begun.elapsed() > PATIENCE)?;
        let mut found: BTreeMap<CellId, _> = found.into_iter().collect();
        let cells = document.cells().iter().filter(|cell| cell.language == Language::Rust);
        let checked = cells.map(|cell| CheckedCell {
            cell: cell.id.clone(),
            source: cell.source.clone(),
            problems: found.remove(&cell.id).unwrap_or_default(),
        });
        Ok(checked.collect())
    })
    .await
}

/// What runs knows the types of names better than the store does.
fn take_types(links: &mut BTreeMap<CellId, CellLinks>, known: &BTreeMap<CellId, CellLinks>) {
    for (cell, links) in links {
        let Some(running) = known.get(cell) else { continue };
        for name in &mut links.defined {
            let found = running.defined.iter().find(|it| it.name == name.name);
            if let Some(found) = found.filter(|it| it.type_name.is_some()) {
                name.clone_from(found);
            }
        }
    }
}

impl From<CheckError> for Failure {
    fn from(error: CheckError) -> Self {
        let status = match &error {
            CheckError::Toolchain(_) | CheckError::NotSetUp => StatusCode::NOT_FOUND,
            _ => StatusCode::BAD_GATEWAY,
        };
        Self::of(status, &error)
    }
}
