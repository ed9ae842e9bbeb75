//! `cache why`: why a task ran although something like it was kept.

use std::collections::HashMap;

use clap::Command;
use console::style;
use flownote_flow::cache::CacheRecord;
use flownote_flow::id::TaskId;
use flownote_flow::manifest::{Digest, Outcome as Ended, TaskDone};
use flownote_flow::provenance::{Code, Difference, Provenance, nearest};
use flownote_store::{RunKey, Store};
use serde::{Deserialize, Serialize};

use super::super::error::Error;
use super::super::session::with_store;
use super::super::target_option::{given, json, target};
use super::super::{Exit, Outcome, Shell, flow_option, output, words};
use crate::reference::resolve;

/// How many kept results are compared where nobody asked for a comparison.
const NEWEST: usize = 500;

/// `flownote cache why`.
pub fn command() -> Command {
    Command::new("why")
        .about("Say why a task ran: the first thing that differs from the nearest kept result")
        .arg(
            target().required(true).help("RUN/STEP/TASK; the task may be left out if there is one"),
        )
        .arg(json())
        .arg(flow_option::store())
}

/// What is said of a task.
#[derive(Serialize)]
struct Answer {
    pathspec: String,
    /// The first thing that differs, or why there is nothing to compare.
    why: String,
    /// The task that made the nearest kept result.
    #[serde(skip_serializing_if = "Option::is_none")]
    nearest: Option<flownote_flow::manifest::Reused>,
    /// What else differs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    also: Vec<String>,
}

/// Says it.
pub fn act(shell: &Shell<'_>) -> Outcome {
    with_store(shell.matches, async |store| {
        let name = given(shell.matches, "target").unwrap_or_default();
        let target = resolve(store, name, shell.within()).await?;
        let task = target.one_task(store, name).await?;
        let dones = store.attempts(&target.run, &task.step, &task.task).await?;
        let committed = dones.into_iter().find(|done| done.outcome == Ended::Ok);
        let answer = match committed {
            Some(done) => answer(store, &target.run, &done, task.pathspec, usize::MAX).await?,
            None => said(task.pathspec, "never kept: it has no result"),
        };
        if shell.matches.get_flag("json") {
            output::json(&answer)?;
        } else {
            output::write(render(&answer))?;
        }
        Ok::<_, Error>(Exit::Success.into())
    })
}

fn said(pathspec: String, why: impl Into<String>) -> Answer {
    Answer { pathspec, why: why.into(), nearest: None, also: Vec::new() }
}

/// Why a task ran that looked for a result, in a few words; nothing for one that didn't
/// look, or took what it found. Of many kept results only the newest are compared.
pub async fn briefly(
    store: &Store,
    run: &RunKey,
    done: &TaskDone,
) -> Result<Option<String>, Error> {
    let known = Provenance::deserialize(&done.manifest.provenance).ok();
    let looked = known.is_some_and(|known| known.seed.is_some());
    if !looked || done.reused.is_some() {
        return Ok(None);
    }
    Ok(Some(answer(store, run, done, String::new(), NEWEST).await?.why))
}

async fn answer(
    store: &Store,
    run: &RunKey,
    done: &TaskDone,
    pathspec: String,
    newest: usize,
) -> Result<Answer, Error> {
    if let Some(reused) = &done.reused {
        let (from, user) = (&reused.pathspec, &reused.user);
        let at = words::time(&reused.finished_at);
        return Ok(said(pathspec, format!("it didn't run: reused from {from} by {user}, {at}")));
    }
    let Ok(mut asked) = Provenance::deserialize(&done.manifest.provenance) else {
        return Ok(said(pathspec, "never kept: there is no record of what it depends on"));
    };
    if let Err(why) = asked.reusable() {
        return Ok(said(pathspec, format!("never kept: {why}")));
    }
    if asked.code.parts.is_empty() {
        asked.code = code_of_first(store, run, done).await?.unwrap_or(asked.code);
    }
    let (records, own) = earlier(store, done, &asked, newest).await?;
    let Some(near) = nearest(&asked, records.iter().map(|(_, known)| known)) else {
        let step = &done.step;
        return Ok(said(
            pathspec,
            match own {
                true => format!("it was the first: no earlier result of `{step}` is kept"),
                false => format!(
                    "no result of `{step}` is kept; `flownote run --cache` and `@cache` keep them, \
                 other runs keep what takes a second or more"
                ),
            },
        ));
    };
    let record = &records[near.place].0;
    let mut told = Vec::new();
    for difference in &near.differences {
        told.push(word(store, run, done, record, difference).await?);
    }
    let nearest = Some(record.reused());
    if told.is_empty() {
        let why = "nothing differs: `--cache` would have reused it".into();
        return Ok(Answer { pathspec, why, nearest, also: told });
    }
    Ok(Answer { pathspec, why: told.remove(0), nearest, also: told })
}

/// The kept results of the same work that were there before, newest first, and whether the
/// task's own result is kept.
async fn earlier(
    store: &Store,
    done: &TaskDone,
    asked: &Provenance,
    newest: usize,
) -> Result<(Vec<(CacheRecord, Provenance)>, bool), Error> {
    let (mut found, mut own) = (Vec::new(), false);
    let mut codes: HashMap<Digest, Code> = HashMap::new();
    for entry in store.cache_entries().await?.into_iter().take(newest) {
        let Some(record) = store.kept(&entry.slot).await? else { continue };
        let Ok(known) = Provenance::deserialize(&record.manifest.provenance) else { continue };
        if !known.code.parts.is_empty() {
            codes.insert(known.code.digest.clone(), known.code.clone());
        }
        let begun = done.started_at.as_deref().unwrap_or(&done.finished_at);
        let is_own = record.run == done.run && record.step == done.step && record.task == done.task;
        own |= is_own;
        let alike = record.step == done.step || known.shares_code(asked);
        if !is_own && alike && record.finished_at.as_str() <= begun {
            found.push((record, known));
        }
    }
    // Of a foreach only the first task's record has the parts of the code.
    for (_, known) in &mut found {
        if let Some(code) = codes.get(&known.code.digest).filter(|_| known.code.parts.is_empty()) {
            known.code = code.clone();
        }
    }
    Ok((found, own))
}

/// The code of the step's first task, if it is the same.
async fn code_of_first(
    store: &Store,
    run: &RunKey,
    done: &TaskDone,
) -> Result<Option<Code>, Error> {
    let first = TaskId::of_path(&vec![0; done.foreach.len()]);
    let dones = store.attempts(run, &done.step, &first).await?;
    let records = dones.iter().map(|it| Provenance::deserialize(&it.manifest.provenance));
    let codes = records.flatten().map(|known| known.code);
    let same = Provenance::deserialize(&done.manifest.provenance).map(|own| own.code.digest);
    Ok(codes.filter(|code| same.as_ref().is_ok_and(|same| *same == code.digest)).last())
}

/// A difference as this command words it: with values and whoever made them.
async fn word(
    store: &Store,
    run: &RunKey,
    done: &TaskDone,
    record: &CacheRecord,
    difference: &Difference,
) -> Result<String, Error> {
    Ok(match difference {
        Difference::Code(Some(part)) => format!("code: {part} changed"),
        Difference::Code(None) => "code: changed".into(),
        Difference::Parameter(name) => {
            let there = RunKey { flow: record.flow.clone(), run: record.run.clone() };
            let values = [value(store, &there, name).await, value(store, run, name).await];
            match values {
                [Some(before), Some(after)] => format!("parameter {name}: {before} → {after}"),
                _ => format!("parameter {name} changed"),
            }
        }
        Difference::Artifact(name) | Difference::Input(name) => {
            match maker(store, run, done, name).await {
                Some(step) => format!("input `{name}` changed, made by `{step}`"),
                None => format!("input `{name}` changed"),
            }
        }
        // Both versions are known here.
        Difference::External(name) => format!("{name} changed"),
        other => other.to_string(),
    })
}

/// The value of a parameter as its record shows it. A run that is gone has none.
async fn value(store: &Store, run: &RunKey, name: &str) -> Option<String> {
    let record = store.run_record(run).await.ok()?;
    let found = record.parameters.get(name).or_else(|| record.constants.get(name));
    found.and_then(|record| record.preview.clone())
}

/// The step that made what a task was given under a name.
async fn maker(store: &Store, run: &RunKey, done: &TaskDone, name: &str) -> Option<String> {
    for parent in &done.parents {
        let (step, task) = parent.split_once('/')?;
        let task = task.rsplit_once('.').map_or(task, |(task, _)| task);
        let found = store.artifact(run, &step.into(), &task.into(), name).await.ok().flatten();
        if let Some(producer) = found.and_then(|artifact| artifact.producer) {
            return producer.split('/').next().map(str::to_owned);
        }
    }
    None
}

fn render(answer: &Answer) -> String {
    let mut text = format!("{}  {}\n", style(&answer.pathspec).bold(), answer.why);
    if let Some(near) = &answer.nearest {
        let at = words::time(&near.finished_at);
        text.push_str(&format!("  nearest  {} by {}, {at}\n", near.pathspec, near.user));
    }
    for also in &answer.also {
        text.push_str(&format!("  also     {also}\n"));
    }
    text
}
