//! What a run ends with, read for serving: texts, arrays, matrices and models. There is no Python
//! here and no pickle: what other codecs wrote is refused.

use std::collections::BTreeMap;

use axum::body::Bytes;
use flownote_flow::help::article;
use flownote_flow::id::{StepName, TaskId};
use flownote_models::Saved;
use flownote_store::client::Artifact;
use flownote_store::{RunKey, Store};
use serde_json::Value;

use super::error::Unservable;
use super::npy::{self, Numbers};

/// The artifacts that a run ends with.
pub struct Stored {
    store: Store,
    run: RunKey,
    artifacts: BTreeMap<String, Artifact>,
}

/// A model that was found.
pub struct FoundModel {
    /// Its parts.
    pub saved: Saved,
    /// Its pathspec.
    pub pathspec: String,
}

/// A sparse matrix in compressed rows.
pub struct Rows {
    /// How many columns it has.
    pub width: usize,
    /// Where each row begins, and the last ends.
    pub bounds: Vec<i32>,
    /// The columns of the values.
    pub columns: Vec<i32>,
    /// The values.
    pub values: Vec<f64>,
}

impl Stored {
    /// The artifacts of a task, or of a run's last.
    pub async fn open(
        store: &Store,
        run: &RunKey,
        step: &StepName,
        task: &TaskId,
    ) -> Result<Self, Unservable> {
        let found = store.artifacts(run, step, task).await?;
        let artifacts = found.into_iter().map(|it| (it.name.clone(), it)).collect();
        Ok(Self { store: store.clone(), run: run.clone(), artifacts })
    }

    /// The run.
    pub fn run(&self) -> &RunKey {
        &self.run
    }

    /// A model under the first of some names that there is.
    pub async fn model(
        &self,
        names: &[&str],
        meaning: &'static str,
    ) -> Result<FoundModel, Unservable> {
        let artifact = names.iter().find_map(|name| self.artifacts.get(*name));
        let artifact = artifact.ok_or_else(|| Unservable::Missing {
            run: self.run.to_string(),
            names: names.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(" or "),
            meaning,
        })?;
        expect(artifact, "model", meaning)?;
        let bytes = self.bytes(artifact).await?;
        let pathspec = artifact.pathspec.clone();
        self.aside(move || {
            let saved = Saved::from_bytes(&bytes);
            saved
                .map_err(|source| Unservable::Model { artifact: pathspec.clone(), source })
                .map(|saved| FoundModel { saved, pathspec })
        })
        .await
    }

    /// A text.
    pub async fn text(
        &self,
        name: &str,
        meaning: &'static str,
    ) -> Result<Option<String>, Unservable> {
        let Some((artifact, bytes)) = self.found(name, "utf8", meaning).await? else {
            return Ok(None);
        };
        let text = String::from_utf8(bytes.to_vec());
        text.map(Some).map_err(|_| unfit(artifact, "isn't UTF-8", meaning))
    }

    /// A list of texts.
    pub async fn texts(
        &self,
        name: &str,
        meaning: &'static str,
    ) -> Result<Option<Vec<String>>, Unservable> {
        let Some((artifact, bytes)) = self.found(name, "json", meaning).await? else {
            return Ok(None);
        };
        let wrong = || unfit(artifact, "isn't a list of texts", meaning);
        let values: Vec<Value> = serde_json::from_slice(&bytes).map_err(|_| wrong())?;
        let text = |value: Value| match value {
            Value::String(text) => Some(text),
            // Ids that are numbers are asked for by their digits.
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        values.into_iter().map(text).collect::<Option<_>>().map(Some).ok_or_else(wrong)
    }

    /// Rows of numbers.
    pub async fn table(
        &self,
        name: &str,
        meaning: &'static str,
    ) -> Result<Option<Numbers>, Unservable> {
        let Some((artifact, bytes)) = self.found(name, "npy", meaning).await? else {
            return Ok(None);
        };
        match npy::read(&bytes) {
            Ok(numbers) if numbers.shape.len() == 2 => Ok(Some(numbers)),
            Ok(_) => Err(unfit(artifact, "doesn't have two dimensions", meaning)),
            Err(problem) => Err(unfit(artifact, &problem, meaning)),
        }
    }

    /// A sparse matrix.
    pub async fn matrix(
        &self,
        name: &str,
        meaning: &'static str,
    ) -> Result<Option<Rows>, Unservable> {
        let Some((artifact, bytes)) = self.found(name, "csr", meaning).await? else {
            return Ok(None);
        };
        let artifact = artifact.clone();
        self.aside(move || {
            rows(&artifact, &bytes).map_err(|problem| unfit(&artifact, &problem, meaning))
        })
        .await
        .map(Some)
    }

    /// Works where the answers of others don't wait for it.
    pub async fn aside<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Unservable> + Send + 'static,
    ) -> Result<T, Unservable> {
        let broken = |_| Unservable::Broken { run: self.run.to_string() };
        tokio::task::spawn_blocking(work).await.map_err(broken)?
    }

    /// Says that an artifact isn't what it is to be.
    pub fn unfit(&self, name: &str, problem: String, meaning: &'static str) -> Unservable {
        let known = self.artifacts.get(name).map(|it| it.pathspec.clone());
        let artifact = known.unwrap_or_else(|| format!("{}/{name}", self.run));
        Unservable::Unfit { artifact, problem, meaning }
    }

    /// An artifact of a codec with its bytes, if there is one of the name.
    async fn found(
        &self,
        name: &str,
        codec: &str,
        meaning: &'static str,
    ) -> Result<Option<(&Artifact, Bytes)>, Unservable> {
        let Some(artifact) = self.artifacts.get(name) else { return Ok(None) };
        expect(artifact, codec, meaning)?;
        Ok(Some((artifact, self.bytes(artifact).await?)))
    }

    async fn bytes(&self, artifact: &Artifact) -> Result<Bytes, Unservable> {
        let producer = artifact.producer_name();
        Ok(self.store.read_record_of(&artifact.record, producer, &artifact.name).await?)
    }
}

fn expect(artifact: &Artifact, codec: &str, meaning: &'static str) -> Result<(), Unservable> {
    let record = &artifact.record;
    if record.codec.as_str() == codec {
        return Ok(());
    }
    let kind = &record.type_name;
    let problem = format!("is {} `{kind}` in the codec `{}`", article(kind), record.codec);
    Err(unfit(artifact, &problem, meaning))
}

fn unfit(artifact: &Artifact, problem: &str, meaning: &'static str) -> Unservable {
    let artifact = artifact.pathspec.clone();
    Unservable::Unfit { artifact, problem: problem.to_owned(), meaning }
}

/// Three arrays one after the other, as the codec `csr` has them: values, columns, bounds.
fn rows(artifact: &Artifact, bytes: &[u8]) -> Result<Rows, String> {
    let damaged = || "isn't a sparse matrix as SciPy has it".to_owned();
    let meta = &artifact.record.meta;
    let numbers = |value: &Value| -> Option<Vec<usize>> {
        value.as_array()?.iter().map(|it| usize::try_from(it.as_u64()?).ok()).collect()
    };
    let shape = meta.get("shape").and_then(numbers).ok_or_else(damaged)?;
    let &[height, width] = shape.as_slice() else { return Err(damaged()) };
    let places = meta.get("places").and_then(Value::as_array).ok_or_else(damaged)?;
    let mut parts = Vec::new();
    for place in places {
        let place = numbers(place).ok_or_else(damaged)?;
        let &[from, length] = place.as_slice() else { return Err(damaged()) };
        let part = bytes.get(from..from.saturating_add(length)).ok_or_else(damaged)?;
        parts.push(npy::read(part)?.values);
    }
    let [values, columns, bounds]: [Vec<f64>; 3] = parts.try_into().map_err(|_| damaged())?;
    if bounds.len() != height + 1 {
        return Err(damaged());
    }
    let small = |numbers: Vec<f64>| numbers.into_iter().map(|it| it as i32).collect();
    Ok(Rows { width, bounds: small(bounds), columns: small(columns), values })
}
