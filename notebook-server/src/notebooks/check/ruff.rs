//! What ruff finds in the Python cells of a notebook. The whole notebook is read as one, so that
//! a name which a cell above makes is known below, and by the settings of its folder.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use axum::http::StatusCode;
use flownote_notebook::ipynb::{self, Bounds};
use flownote_notebook::percent::{self, Style};
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
    let file = rooms.ground.folder.whole(path);
    let (text, places) = match path.ending() {
        Some("py") => {
            // As it stands in the file, and under its name: its rules are those of scripts.
            let there = tokio::fs::read_to_string(&file).await;
            let style = there.map(|there| Style::of(&there)).unwrap_or_default();
            let (text, places) = percent::write_and_place(&document, style);
            (text, Some(places))
        }
        _ => (ipynb::write_within(&document, Bounds::NONE), None),
    };
    let said = run(&program, &file, text).await?;
    let mut findings: Vec<Finding> =
        serde_json::from_slice(&said).map_err(|error| failed(&error.to_string()))?;
    if let Some(places) = places {
        findings.iter_mut().for_each(|found| found.put_into_cell(&places));
    }
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
    let folder = file.parent().unwrap_or(Path::new("/"));
    let mut command = Command::new(program);
    command
        .args(["check", "--output-format", "json", "--exit-zero", "--no-fix", "--no-cache"])
        .arg("--stdin-filename")
        .arg(file)
        .arg("-")
        // The settings of the folder count, as in a shell.
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    let mut child = command.spawn().map_err(|error| match error.kind() {
        // So is a folder that is gone.
        ErrorKind::NotFound if !folder.is_dir() => failed("its folder is gone"),
        ErrorKind::NotFound => Failure::missing(
            "ruff isn't installed for this Python",
            "`%pip install ruff` in a cell installs it",
        ),
        _ => Failure::new(
            StatusCode::BAD_GATEWAY,
            format!("`{}` can't be started: {error}", program.display()),
            "`%pip install --force-reinstall ruff` in a cell installs it anew",
        ),
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

impl Finding {
    /// Says of a place in a percent file which cell it is in, and where there. `places` are the
    /// lines that the cells' texts begin with.
    fn put_into_cell(&mut self, places: &[usize]) {
        let number = places.partition_point(|begins| *begins <= self.location.row);
        let Some(begins) = number.checked_sub(1).and_then(|at| places.get(at)) else { return };
        self.cell = Some(number);
        self.location.row -= begins - 1;
        self.end_location.row = self.end_location.row.saturating_sub(begins - 1).max(1);
    }
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

    #[tokio::test]
    async fn a_ruff_that_cannot_be_started_is_not_called_missing() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        let program = folder.path().join("ruff");
        std::fs::write(&program, "no program").expect("written");
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o644)).expect("set");
        let said = run(&program, &folder.path().join("a.ipynb"), "{}".to_owned()).await;
        let said = format!("{:?}", said.expect_err("it can't be started"));
        assert!(said.contains("can't be started") && !said.contains("isn't installed"), "{said}");
    }

    #[test]
    fn what_is_found_in_a_percent_file_is_told_of_its_cell() {
        let file =
            "# A header\n\n# %%\nimport a\n\n\n# %% [sql]\n# select 1\n\n# %%\n\nx = 1\ny = b\n";
        let document = percent::read(file.as_bytes()).expect("a notebook");
        let (text, places) = percent::write_and_place(&document, Style::of(file));
        assert_eq!(text, file, "what ruff reads is the file");
        let found = |row| {
            let place = Place { row, column: 1 };
            let mut found = Finding {
                cell: None,
                code: Some("F821".into()),
                message: String::new(),
                location: place,
                end_location: place,
                fix: None,
            };
            found.put_into_cell(&places);
            (found.cell, found.location.row)
        };
        assert_eq!(found(4), (Some(1), 1));
        assert_eq!(found(12), (Some(3), 2));
        assert_eq!(found(13), (Some(3), 3));
        assert_eq!(found(1).0, None);
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
