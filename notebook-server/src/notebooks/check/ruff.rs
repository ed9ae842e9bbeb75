//! What ruff finds in the Python cells of a notebook. The whole notebook is read as one, so that
//! a name which a cell above makes is known below, and by the settings of its folder.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use axum::http::StatusCode;
use flownote_notebook::ipynb::{self, Bounds};
use flownote_notebook::places::{Mistake, Severity};
use flownote_notebook::{Document, Language};
use serde::Deserialize;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;
use tokio::time::timeout;

use super::PATIENCE;
use crate::answer::Failure;
use crate::notebooks::entry::CheckedCell;
use crate::notebooks::folder::Relative;
use crate::notebooks::rooms::Rooms;

/// What it finds in the Python cells.
pub async fn look(
    rooms: &Rooms,
    path: &Relative,
    mut document: Document,
) -> Result<Vec<CheckedCell>, Failure> {
    // Nobody looks at what cells showed; without it the text is short.
    document.strip();
    let program = ruff(&rooms.ground.kernels.python);
    let file = rooms.ground.folder.whole(path).with_extension("ipynb");
    let said = run(&program, &file, ipynb::write_within(&document, Bounds::NONE)).await?;
    let findings: Vec<Finding> =
        serde_json::from_slice(&said).map_err(|error| failed(&error.to_string()))?;
    Ok(by_cell(&document, &findings))
}

/// The ruff beside the notebook's Python, else the one of the shell.
fn ruff(python: &str) -> PathBuf {
    let beside = Path::new(python).with_file_name("ruff");
    if beside.is_file() { beside } else { PathBuf::from("ruff") }
}

fn failed(why: &str) -> Failure {
    let what = format!("ruff can't read this notebook: {why}");
    Failure::new(StatusCode::BAD_GATEWAY, what, "`ruff check` in a shell says more")
}

async fn run(program: &Path, file: &Path, text: String) -> Result<Vec<u8>, Failure> {
    let mut command = Command::new(program);
    command
        .args(["check", "--output-format", "json", "--exit-zero", "--no-fix", "--no-cache"])
        .arg("--stdin-filename")
        .arg(file)
        .arg("-")
        // The settings of the folder count, as in a shell.
        .current_dir(file.parent().unwrap_or(Path::new("/")))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    let mut child = command.spawn().map_err(|_| {
        Failure::missing(
            "ruff isn't installed for this Python",
            "`%pip install ruff` in a cell installs it",
        )
    })?;
    let mut input = child.stdin.take();
    let write = async {
        if let Some(input) = &mut input {
            // One that ends early says why on its own.
            let _ = input.write_all(text.as_bytes()).await;
        }
        drop(input);
    };
    let talk = async { tokio::join!(write, child.wait_with_output()).1 };
    let output = timeout(PATIENCE, talk).await.map_err(|_| failed("it takes too long"))?;
    let output = output.map_err(|error| failed(&error.to_string()))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(failed(said.lines().last().unwrap_or("it says nothing")));
    }
    Ok(output.stdout)
}

/// What ruff says of a place.
#[derive(Deserialize)]
struct Finding {
    /// The number of the cell, from 1, among all of them.
    cell: Option<usize>,
    code: Option<String>,
    message: String,
    location: Place,
    end_location: Place,
    fix: Option<Fix>,
}

/// A line and a column of characters, both from 1.
#[derive(Clone, Copy, Deserialize)]
struct Place {
    row: usize,
    column: usize,
}

#[derive(Deserialize)]
struct Fix {
    message: Option<String>,
}

fn by_cell(document: &Document, findings: &[Finding]) -> Vec<CheckedCell> {
    let numbered = document.cells().iter().zip(1..);
    let python = numbered.filter(|(cell, _)| cell.language == Language::Python);
    let checked = python.map(|(cell, number)| CheckedCell {
        cell: cell.id.clone(),
        source: cell.source.clone(),
        problems: (findings.iter())
            .filter(|found| found.cell == Some(number))
            .map(|found| mistake(&cell.source, found))
            .collect(),
    });
    checked.collect()
}

fn mistake(source: &str, found: &Finding) -> Mistake {
    let is_broken = found.code.as_deref().is_none_or(|code| code == "invalid-syntax");
    let code = found.code.as_deref().filter(|_| !is_broken);
    Mistake {
        from: units(source, found.location),
        to: units(source, found.end_location),
        severity: if is_broken { Severity::Error } else { Severity::Warning },
        message: match code {
            Some(code) => format!("{} ({code})", found.message),
            None => found.message.clone(),
        },
        hint: found.fix.as_ref().and_then(|fix| fix.message.clone()),
    }
}

/// How many UTF-16 units stand before a place.
fn units(source: &str, place: Place) -> usize {
    let mut lines = source.split_inclusive('\n');
    let above = lines.by_ref().take(place.row.saturating_sub(1));
    let above: usize = above.flat_map(str::chars).map(char::len_utf16).sum();
    let line = lines.next().unwrap_or_default().chars();
    above + line.take(place.column.saturating_sub(1)).map(char::len_utf16).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_ruff_that_is_not_there_is_told_and_how_it_comes() {
        let program = Path::new("/nowhere/ruff");
        let said = run(program, Path::new("/tmp/a.ipynb"), "{}".to_owned()).await;
        let said = format!("{:?}", said.expect_err("there is none"));
        assert!(said.contains("ruff isn't installed") && said.contains("%pip install"), "{said}");
    }

    #[test]
    fn a_place_is_counted_in_the_units_of_the_page() {
        let source = "a = '😀'; b\nc";
        assert_eq!(units(source, Place { row: 1, column: 1 }), 0);
        assert_eq!(units(source, Place { row: 1, column: 10 }), 10);
        assert_eq!(units(source, Place { row: 2, column: 2 }), 13);
        assert_eq!(units(source, Place { row: 9, column: 9 }), 13);
    }
}
