//! `dump`: values, printed or written to a file.
//!
//! Text, bytes and numbers are printed here. Everything else is decoded by Python
//! (`flownote.dump`), which gets the records and the verified files.

use std::fs;
use std::path::Path;

use clap::{Arg, Command};
use flownote_flow::manifest::ArtifactRecord;
use flownote_store::Store;
use flownote_store::client::Artifact;
use serde_json::{Map, Value, json};

use super::error::Error;
use super::session::with_store;
use super::target_option::{given, json as json_flag, target};
use super::{Exit, Outcome, Shell, flow_option, output, words};
use flownote_store::reference::{Target, resolve};

const AFTER_HELP: &str = "\
A task alone means all its values; large ones and pickles are then shown by their preview.
A run alone means its `end` task. --output writes the stored bytes: a .npy file for an array,
an Arrow file for a table, text for a string. A table is written as Parquet or CSV when the
file's name ends in .parquet or .csv.

Examples:
  flownote dump latest/end/0/scores
  flownote dump latest/end
  flownote dump Recommend/8f2c9a/train/3/model --output model.npy
  flownote dump latest/end/0/leaderboard --output leaders.parquet
  flownote dump latest/end/0/leaderboard --json | jq '.[0]'";

/// Values above this are shown by their preview when a whole task is dumped.
const LARGE: u64 = 4096;

/// `flownote dump`.
pub fn command() -> Command {
    Command::new("dump")
        .about("Print a value that a task made, or write it to a file")
        .arg(target().required(true).help("RUN/STEP/TASK/ARTIFACT; without ARTIFACT all values"))
        .arg(
            Arg::new("output").long("output").short('o').value_name("FILE").help(
                "Write the stored bytes to FILE, `-` for stdout; a table as .parquet or .csv",
            ),
        )
        .arg(json_flag().conflicts_with("output"))
        .arg(flow_option::store())
        .after_help(AFTER_HELP)
}

/// Prints or writes, or asks Python to.
pub fn act(shell: &Shell<'_>) -> Outcome {
    with_store(shell.matches, async |store| {
        let text = given(shell.matches, "target").unwrap_or_default();
        let target = resolve(store, text, shell.within()).await?;
        let task = target.task_or_end(store, text).await?;
        let json = shell.matches.get_flag("json");
        let file = given(shell.matches, "output");
        let Some(name) = &target.artifact else {
            if file.is_some() {
                let hint = format!("name one: {}/NAME", task.pathspec);
                return Err(Error::usage("--output writes one value", hint));
            }
            let artifacts = Target::artifacts(store, &target.run, &task).await?;
            if artifacts.is_empty() && !json {
                output::talk(&format!("{} has no artifacts.", task.pathspec));
                return Ok(Exit::Success.into());
            }
            return request(store, artifacts, One::OfAll, json).await;
        };
        let artifact = Target::artifact(store, &target.run, &task, name).await?;
        if let Some(file) = file {
            if is_written_by_python(&artifact.record, file) {
                return request(store, vec![artifact], One::Into(file), json).await;
            }
            write_to(store, &artifact, file).await?;
            return Ok(Exit::Success.into());
        }
        if print(store, &artifact, json).await? {
            return Ok(Exit::Success.into());
        }
        request(store, vec![artifact], One::Shown, json).await
    })
}

/// Prints what needs no Python; returns whether it did.
async fn print(store: &Store, artifact: &Artifact, json: bool) -> Result<bool, Error> {
    let record = &artifact.record;
    match (record.codec.as_str(), json) {
        ("utf8", false) => {
            let mut bytes = bytes(store, artifact).await?;
            if !bytes.ends_with(b"\n") {
                bytes.push(b'\n');
            }
            output::write(bytes)?;
        }
        ("utf8", true) => {
            let bytes = bytes(store, artifact).await?;
            output::json(&String::from_utf8_lossy(&bytes))?;
        }
        // Lists, dicts and the like are printed as Python writes them; a terminal would
        // not like raw bytes.
        ("json", false) if is_number(record) => {
            output::write(format!("{}\n", record.inline.as_deref().unwrap_or_default()))?;
        }
        ("bytes", false) if output::width().is_none() => {
            output::write(bytes(store, artifact).await?)?;
        }
        _ => return Ok(false),
    }
    Ok(true)
}

fn is_number(record: &ArtifactRecord) -> bool {
    matches!(record.type_name.as_str(), "int" | "float")
        && record.inline.as_deref().is_some_and(|text| !text.starts_with('{'))
}

async fn bytes(store: &Store, artifact: &Artifact) -> Result<Vec<u8>, Error> {
    let bytes = store.read_record_of(&artifact.record, artifact.producer_name(), &artifact.name);
    Ok(bytes.await?.to_vec())
}

async fn write_to(store: &Store, artifact: &Artifact, file: &str) -> Result<(), Error> {
    let record = &artifact.record;
    if file == "-" {
        return output::write(bytes(store, artifact).await?);
    }
    let written = if record.is_blob() {
        let path =
            store.fetch_blob(&record.digest, artifact.producer_name(), &artifact.name).await?;
        copy(&path, Path::new(file))
    } else {
        fs::write(file, bytes(store, artifact).await?)
    };
    written.map_err(|source| Error::Output { what: format!("`{file}`"), source })?;
    output::talk(&format!(
        "wrote {} ({}, {}) to {file}",
        artifact.pathspec,
        record.codec,
        words::size(record.size)
    ));
    Ok(())
}

/// Copies the bytes but not the blob's read-only mode.
fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    let mut source = fs::File::open(from)?;
    std::io::copy(&mut source, &mut fs::File::create(to)?).map(drop)
}

/// Whether a table is to become a file of another kind than it is stored as.
fn is_written_by_python(record: &ArtifactRecord, file: &str) -> bool {
    let ending = Path::new(file).extension().and_then(|it| it.to_str());
    let is_table = matches!(record.codec.as_str(), "arrow" | "pandas");
    is_table && matches!(ending, Some("parquet" | "csv"))
}

/// What becomes of the values that Python decodes.
#[derive(Clone, Copy)]
enum One<'a> {
    /// They are some of several: small ones are shown.
    OfAll,
    /// It is one, and shown.
    Shown,
    /// It is one, and written into a file in the form that its ending names.
    Into(&'a str),
}

/// Asks Python to decode and print.
async fn request(
    store: &Store,
    artifacts: Vec<Artifact>,
    how: One<'_>,
    json: bool,
) -> Result<Outcome, Error> {
    let one = !matches!(how, One::OfAll);
    let mut values = Vec::new();
    for artifact in artifacts {
        let record = &artifact.record;
        let load = one || (record.codec != "pickle" && (json || record.size <= LARGE));
        let path = if load && record.is_blob() && record.size > 0 {
            Some(store.fetch_blob(&record.digest, artifact.producer_name(), &artifact.name).await?)
        } else {
            None
        };
        values.push(json!({"artifact": artifact, "path": path, "load": load}));
    }
    let mut options = Map::new();
    options.insert("values".into(), Value::Array(values));
    options.insert("one".into(), one.into());
    options.insert("json".into(), json.into());
    if let One::Into(file) = how {
        options.insert("output".into(), file.into());
    }
    Ok(Outcome::Request { verb: "dump", options, parameters: Map::new() })
}
