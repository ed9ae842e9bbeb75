//! `POST api/runs/{flow}/{run}/resume`: a run goes on, or again, as the shell would start it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use axum::Json;
use axum::extract::{Path as UrlPath, State};
use flownote_flow::run::RunRecord;
use flownote_store::RunKey;
use flownote_store::client::Status;
use flownote_store::process::host;
use serde_json::Value;

use super::shell;
use crate::answer::{Answer, Failure};
use crate::api::{Resume, ResumeHow, Resumed};
use crate::query::Body;
use crate::runs::ask::run_key;
use crate::state::App;

/// How long a new run may take to say its id; it goes on after that.
const PATIENCE: Duration = Duration::from_secs(20);
const BEAT: Duration = Duration::from_millis(50);
/// The flow of notebooks' runs.
const NOTEBOOK: &str = "Notebook";

/// Starts it.
pub async fn start(
    State(app): State<App>,
    UrlPath((flow, run)): UrlPath<(String, String)>,
    Body(Resume { how }): Body<Resume>,
) -> Answer<Resumed> {
    let key = run_key(&flow, &run)?;
    let record = app.store.run_record(&key).await?;
    let (status, _) = app.store.run_status(&key).await?;
    let place = Place::of(&record)?;
    let mut words = words(&key, &record, status, how)?;
    let scratch = scratch(&app)?;
    let (id_file, output) = (scratch.with_extension("run"), scratch.with_extension("log"));
    // A notebook's verb and one that goes on say no id.
    let is_told = how != ResumeHow::Continue && key.flow.as_str() != NOTEBOOK;
    if is_told {
        words.extend(["--run-id-file".to_owned(), id_file.display().to_string()]);
    }
    let failed = |error: std::io::Error| {
        Failure::refused(
            format!("`{}` can't be written: {error}", output.display()),
            "free some space",
        )
    };
    let file = std::fs::File::create(&output).map_err(failed)?;
    // Where the flow was started from is where it finds its modules and its data.
    let command = shell::verb(&app, &place.folder, &words);
    let mut child = shell::detach(command, file)?;
    let pid = child.id().unwrap_or_default();
    let mut found = (how == ResumeHow::Continue).then(|| key.run.to_string());
    let begun = tokio::time::Instant::now();
    while begun.elapsed() < PATIENCE {
        if let Ok(Some(status)) = child.try_wait() {
            if !status.success() && run_in(&id_file).is_none() {
                let text = std::fs::read_to_string(&output).unwrap_or_default();
                return Err(shell::said("starting the run", &text));
            }
            found = run_in(&id_file).or(found);
            break;
        }
        if let Some(run) = run_in(&id_file) {
            found = Some(run);
            break;
        }
        // What writes no file and still lives after a moment is at work.
        if !is_told && begun.elapsed() > PATIENCE / 10 {
            break;
        }
        tokio::time::sleep(BEAT).await;
    }
    let _ = std::fs::remove_file(&id_file);
    // Nobody else waits for it, and what nobody waits for stays as a zombie.
    tokio::spawn(async move { child.wait().await });
    let command = std::iter::once("flownote".to_owned()).chain(words).collect();
    Ok(Json(Resumed { run: found, pid, command, output: output.display().to_string() }))
}

fn run_in(file: &Path) -> Option<String> {
    let text = std::fs::read_to_string(file).ok()?;
    let run = text.trim();
    // `Flow/run`, or the run alone.
    let run = run.rsplit('/').next().unwrap_or(run);
    (!run.is_empty()).then(|| run.to_owned())
}

/// Where a run was started.
struct Place {
    folder: PathBuf,
}

impl Place {
    fn of(record: &RunRecord) -> Result<Self, Failure> {
        let here = host();
        if record.host != here {
            return Err(Failure::refused(
                format!("the run was started on `{}`, and this is `{here}`", record.host),
                "resume it there, or run the flow here: its finished tasks are taken with `--cache`",
            ));
        }
        let folder = record.environment.get("folder").and_then(Value::as_str).map(PathBuf::from);
        let Some(folder) = folder else {
            return Err(Failure::refused(
                "the run's record doesn't say in which folder it was started",
                "resume it from a shell",
            ));
        };
        let file = folder.join(&record.description.file);
        if !file.is_file() {
            return Err(Failure::refused(
                format!("`{}`, from which it was started, isn't there any more", file.display()),
                "resume it from a shell, where the flow's file is now",
            ));
        }
        Ok(Self { folder })
    }
}

/// The words of the verb.
fn words(
    key: &RunKey,
    record: &RunRecord,
    status: Status,
    how: ResumeHow,
) -> Result<Vec<String>, Failure> {
    let file = record.description.file.clone();
    let run = key.run.to_string();
    match (how, status) {
        (ResumeHow::Resume | ResumeHow::Continue, Status::Running) => Err(Failure::refused(
            "the run is still going on",
            "wait for its end, or end it where it was started",
        )),
        (ResumeHow::Resume, _) if key.flow.as_str() == NOTEBOOK => Ok(vec!["resume".into(), file]),
        (ResumeHow::Resume, _) => Ok(vec!["resume".into(), file, "--origin-run-id".into(), run]),
        (ResumeHow::Continue, Status::Interrupted) => {
            Ok(vec!["run".into(), file, "--continue".into(), run])
        }
        (ResumeHow::Continue, _) => Err(Failure::refused(
            "the run is over: only one whose process was killed goes on",
            "resume it: a new run takes what is still valid",
        )),
        (ResumeHow::Again, _) => again(&record.command, &file),
    }
}

/// The recorded command line from its verb on: `[python, program, …]`. What was
/// `python flow.py run --x 1` is `run flow.py --x 1`.
fn again(command: &[String], file: &str) -> Result<Vec<String>, Failure> {
    let unknown = || {
        Failure::refused(
            "the run's record doesn't say by which command it was started",
            "start it again from a shell",
        )
    };
    let program = command.get(1).ok_or_else(unknown)?;
    let mut words: Vec<String> = command[2..].to_vec();
    let at = words.iter().position(|word| word == "run" || word == "resume").ok_or_else(unknown)?;
    let own = program.ends_with(".py") && !program.ends_with("__main__.py");
    if own && !words[at + 1..].iter().any(|word| word == file) {
        words.insert(at + 1, file.to_owned());
    }
    // A run has its own id and its own files.
    for option in ["--run-id-file", "--continue"] {
        while let Some(at) = words.iter().position(|word| word == option) {
            words.drain(at..(at + 2).min(words.len()));
        }
        words.retain(|word| !word.starts_with(&format!("{option}=")));
    }
    Ok(words)
}

/// Where the output of what is started goes: beside the store's staged files when it is a
/// folder, else among the system's temporary ones.
fn scratch(app: &App) -> Result<PathBuf, Failure> {
    let folder = match app.store.local_root() {
        Some(root) => root.join("staging"),
        None => std::env::temp_dir(),
    };
    let failed = |error: std::io::Error| {
        Failure::refused(
            format!("`{}` can't be written: {error}", folder.display()),
            "free some space",
        )
    };
    std::fs::create_dir_all(&folder).map_err(failed)?;
    Ok(folder.join(format!("tmp-ui-{:016x}", rand::random::<u64>())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(command: &[&str], expect: &[&str]) {
        let command: Vec<String> = command.iter().map(|word| (*word).to_owned()).collect();
        assert_eq!(again(&command, "flow.py").unwrap(), expect, "{command:?}");
    }

    #[test]
    fn a_command_line_is_typed_again() {
        check(
            &["python", "/bin/flownote", "run", "flow.py", "--x", "1"],
            &["run", "flow.py", "--x", "1"],
        );
        check(&["python", "flow.py", "run", "--x", "1"], &["run", "flow.py", "--x", "1"]);
        check(&["python", "flow.py", "--quiet", "run"], &["--quiet", "run", "flow.py"]);
        check(
            &["python", "flownote", "run", "flow.py", "--run-id-file", "id", "--run-id-file=x"],
            &["run", "flow.py"],
        );
        again(&["python".into()], "flow.py").unwrap_err();
    }
}
