//! `POST api/runs/{flow}/{run}/resume`: a run goes on, or again, as the shell would start it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use axum::Json;
use axum::extract::{Path as UrlPath, State};
use flownote_flow::run::RunRecord;
use flownote_store::client::Status;
use flownote_store::process::host;
use flownote_store::{RunKey, notebooks};
use serde_json::Value;

use super::form;
use super::launch::Launch;
use crate::answer::{Answer, Failure};
use crate::api::{FormField, ParameterForm, Resume, ResumeHow, Resumed};
use crate::query::Body;
use crate::runs::ask::run_key;
use crate::state::App;

/// Starts it.
pub async fn start(
    State(app): State<App>,
    UrlPath((flow, run)): UrlPath<(String, String)>,
    Body(Resume { how, parameters }): Body<Resume>,
) -> Answer<Resumed> {
    let key = run_key(&flow, &run)?;
    let record = app.store.run_record(&key).await?;
    let (status, _) = app.store.run_status(&key).await?;
    let place = Place::of(&record)?;
    let mut words = words(&key, &record, status, how)?;
    if how == ResumeHow::Continue && !parameters.is_empty() {
        return Err(Failure::wrong(
            "a run that goes on keeps its parameters",
            "run it again to change them",
        ));
    }
    with_parameters(&mut words, &form::fields_of(&record, &place.folder)?, &parameters)?;
    let asked = Launch {
        folder: place.folder,
        words,
        flow: key.flow.clone(),
        // One that goes on has the id that it had.
        run: (how == ResumeHow::Continue).then(|| key.run.to_string()),
    };
    Ok(Json(asked.start(&app).await?))
}

/// `GET api/runs/{flow}/{run}/parameters`: what it can be run again with.
pub async fn parameters(
    State(app): State<App>,
    UrlPath((flow, run)): UrlPath<(String, String)>,
) -> Answer<ParameterForm> {
    let key = run_key(&flow, &run)?;
    let record = app.store.run_record(&key).await?;
    let place = Place::of(&record)?;
    Ok(Json(ParameterForm { fields: form::fields_of(&record, &place.folder)? }))
}

/// Puts other values of parameters into a command line.
fn with_parameters(
    words: &mut Vec<String>,
    fields: &[FormField],
    given: &BTreeMap<String, String>,
) -> Result<(), Failure> {
    for (name, value) in given {
        let Some(field) = fields.iter().find(|field| field.name == *name) else {
            let known: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
            return Err(Failure::wrong(
                format!("there is no parameter `{name}`"),
                format!("there are {}", known.join(", ")),
            ));
        };
        without(words, name);
        words.extend(["--param".to_owned(), format!("{name}={}", form::typed(field, value))]);
    }
    Ok(())
}

/// Takes what a command line says of a parameter out of it.
fn without(words: &mut Vec<String>, name: &str) {
    let option = format!("--{}", name.replace('_', "-"));
    let plain = format!("--{name}");
    let is_option = |word: &str| word == option || word == plain;
    let mut at = 0;
    while at < words.len() {
        let named = |word: Option<&String>| {
            word.is_some_and(|word| word.split_once('=').is_some_and(|(known, _)| known == name))
        };
        let takes = if is_option(&words[at]) {
            // A value may be negative, but is no option.
            let is_value = |word: &String| !word.starts_with("--");
            1 + usize::from(words.get(at + 1).is_some_and(is_value))
        } else if words[at].split_once('=').is_some_and(|(known, _)| is_option(known)) {
            1
        } else if matches!(words[at].as_str(), "--param" | "-p") && named(words.get(at + 1)) {
            2
        } else {
            0
        };
        if takes == 0 { at += 1 } else { drop(words.drain(at..at + takes)) }
    }
}

/// Where a run was started.
pub(super) struct Place {
    /// The folder from which its file is named.
    pub(super) folder: PathBuf,
}

impl Place {
    pub(super) fn of(record: &RunRecord) -> Result<Self, Failure> {
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
        (ResumeHow::Resume | ResumeHow::Continue, Status::Running) => {
            Err(Failure::refused("the run is still going on", "wait for its end, or stop it"))
        }
        // A notebook's goes on where its results are: with a new run.
        (ResumeHow::Resume, _) | (ResumeHow::Continue, Status::Interrupted)
            if notebooks::is(&key.flow) =>
        {
            Ok(vec!["resume".into(), file])
        }
        (ResumeHow::Resume, _) => Ok(vec!["resume".into(), file, "--origin-run-id".into(), run]),
        (ResumeHow::Continue, Status::Interrupted) => {
            Ok(vec!["run".into(), file, "--continue".into(), run])
        }
        (ResumeHow::Continue, _) => Err(Failure::refused(
            "the run is over: only one whose process was killed goes on",
            "resume it: a new run takes what is still valid",
        )),
        // The session of a notebook that was open was started by no command line.
        (ResumeHow::Again, _) if record.command.is_empty() && notebooks::is(&key.flow) => {
            Ok(vec!["run".into(), file])
        }
        (ResumeHow::Again, _) => again(&record.command, &file),
    }
}

/// The recorded command line from its verb on: `[python, program, …]`, or `[flownote, …]` of
/// a notebook's run. What was `python flow.py run --x 1` is `run flow.py --x 1`.
fn again(command: &[String], file: &str) -> Result<Vec<String>, Failure> {
    let unknown = || {
        Failure::refused(
            "the run's record doesn't say by which command it was started",
            "start it again from a shell",
        )
    };
    let is_itself = command.first().is_some_and(|word| word == "flownote");
    let program_at = usize::from(!is_itself);
    let program = command.get(program_at).ok_or_else(unknown)?;
    let mut words: Vec<String> = command[program_at + 1..].to_vec();
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
        check(&["flownote", "run", "--quiet", "nb.ipynb"], &["run", "--quiet", "nb.ipynb"]);
        again(&["python".into()], "flow.py").unwrap_err();
    }

    #[test]
    fn a_parameter_is_said_once() {
        let check = |line: &str, expect: &str| {
            let mut words: Vec<String> = line.split(' ').map(str::to_owned).collect();
            without(&mut words, "top_k");
            assert_eq!(words.join(" "), expect, "{line}");
        };
        check("run flow.py --top-k 3 --x 1", "run flow.py --x 1");
        check("run flow.py --top_k=-3", "run flow.py");
        check("run flow.py --top-k -3 --quiet", "run flow.py --quiet");
        check("run nb.ipynb -p top_k=3 --param x=top_k", "run nb.ipynb --param x=top_k");
        check("run flow.py --top-kin 3", "run flow.py --top-kin 3");
    }
}
