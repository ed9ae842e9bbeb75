//! The notebook that somebody means by the name of a file.
//!
//! Where the file is there, its identity decides: neither another file of its name nor a copy
//! that was run later is taken for it. A name alone means the notebook that was run under it; of
//! several the folders in front of it tell which.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use crate::client::{RunFilter, RunSummary};
use crate::reference::Error;
use crate::{RunKey, Store};
use flownote_flow::id::FlowName;
use flownote_flow::run::RunRecord;
use futures::future::try_join_all;

use super::{FLOW, file as file_of, identity, tag_of};

/// Records that are read at once: a datastore elsewhere takes its time for each.
const AT_ONCE: usize = 16;

/// The newest run of the notebook in a file. A run that asks for it isn't meant.
///
/// # Errors
/// When no run is of it, or the name is that of several notebooks.
pub async fn newest(
    store: &Store,
    file: &str,
    asking: Option<&RunKey>,
) -> Result<RunSummary, Error> {
    match (Runs { store, asking }).newest(file).await {
        // Perhaps the one that asks is its only run.
        Err(Error::NoNotebook { .. }) if asking.is_some() => {
            (Runs { store, asking: None }).newest(file).await?;
            Err(Error::NoOther { what: format!("notebook `{file}`") })
        }
        found => found,
    }
}

/// The runs of all notebooks but the one that asks.
struct Runs<'a> {
    store: &'a Store,
    asking: Option<&'a RunKey>,
}

/// A notebook under one of its names.
struct Candidate {
    /// Its newest run under that name.
    run: RunSummary,
    /// Where it was then.
    place: PathBuf,
    /// Whether that is a whole path.
    is_whole: bool,
}

impl Runs<'_> {
    async fn all(&self, tags: Vec<String>, limit: Option<usize>) -> Result<Vec<RunSummary>, Error> {
        // One more, in case that the one that asks is among them.
        let limit = limit.map(|limit| limit + usize::from(self.asking.is_some()));
        let filter = RunFilter { tags, limit, ..RunFilter::of(FlowName::new(FLOW)) };
        let mut runs = self.store.runs(&filter).await?.runs;
        runs.retain(|run| self.asking.is_none_or(|asking| asking.run != run.run));
        Ok(runs)
    }

    async fn newest(&self, file: &str) -> Result<RunSummary, Error> {
        match identity::id_of(Path::new(file)) {
            Some(id) => self.of_file(file, &id).await,
            None => self.of_name(file).await,
        }
    }

    /// Of the notebook in a file that is there.
    async fn of_file(&self, file: &str, id: &str) -> Result<RunSummary, Error> {
        let tag = vec![format!("notebook:{id}")];
        let Some(newest) = self.all(tag.clone(), Some(1)).await?.into_iter().next() else {
            return self.never_run(file).await;
        };
        let place = Path::new(file);
        if is_at(&self.record(&newest).await?, place) {
            return Ok(newest);
        }
        // It was moved, or a copy that carries the same id was run since: the records tell.
        let runs = self.all(tag, None).await?;
        for some in runs.chunks(AT_ONCE) {
            let records = try_join_all(some.iter().map(|run| self.record(run))).await?;
            if let Some(at) = records.iter().position(|record| is_at(record, place)) {
                return Ok(some[at].clone());
            }
        }
        Ok(newest)
    }

    /// No run is of the notebook in a file. Those of front ends may say nothing but a name.
    async fn never_run(&self, file: &str) -> Result<RunSummary, Error> {
        let mut others = self.candidates(file).await?;
        let unknown = |it: &Candidate| !tag_of(&it.run).starts_with("notebook:");
        if let Some(at) = others.iter().position(unknown) {
            return Ok(others.swap_remove(at).run);
        }
        let others = others.iter().map(|it| it.place.display().to_string());
        let others = others.collect::<BTreeSet<_>>().into_iter().collect();
        self.none(file, others).await
    }

    /// Of the notebook that was run under a name.
    async fn of_name(&self, file: &str) -> Result<RunSummary, Error> {
        let mut candidates = self.candidates(file).await?;
        let whole = std::path::absolute(file).unwrap_or_else(|_| file.into());
        if candidates.iter().any(|it| it.place == whole) {
            candidates.retain(|it| it.place == whole);
        } else {
            let wanted = plain(file);
            candidates.retain(|it| {
                it.place.ends_with(&wanted) || (!it.is_whole && wanted.ends_with(&it.place))
            });
        }
        let tags: BTreeSet<&str> = candidates.iter().map(|it| tag_of(&it.run)).collect();
        let places: BTreeSet<&Path> = candidates.iter().map(|it| &*it.place).collect();
        if tags.len() > 1 && places.len() > 1 {
            let named = |it: &Candidate| (it.place.display().to_string(), it.run.run.to_string());
            let mut seen = BTreeSet::new();
            let found = candidates.iter().filter(|it| seen.insert(&it.place)).map(named);
            return Err(Error::WhichNotebook { file: file.to_owned(), notebooks: found.collect() });
        }
        match candidates.into_iter().next() {
            Some(newest) => Ok(newest.run),
            None => self.none(file, vec![]).await,
        }
    }

    /// The notebooks whose file had that name, wherever it was; that which ran last first.
    async fn candidates(&self, file: &str) -> Result<Vec<Candidate>, Error> {
        let name = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
        let mut newest: BTreeMap<(String, String), RunSummary> = BTreeMap::new();
        for run in self.all(vec![], None).await? {
            let Some(known) = file_of(&run).filter(|known| name(known) == name(file)) else {
                continue;
            };
            newest.entry((tag_of(&run).to_owned(), known.to_owned())).or_insert(run);
        }
        let mut found = Vec::new();
        for run in newest.into_values() {
            let place = place_of(&self.record(&run).await?);
            found.push(Candidate { run, is_whole: place.is_absolute(), place });
        }
        found.sort_by(|one, other| other.run.run.cmp(&one.run.run));
        Ok(found)
    }

    async fn record(&self, run: &RunSummary) -> Result<RunRecord, Error> {
        Ok(self.store.run_record(&RunKey::new(run.flow.clone(), run.run.clone())).await?)
    }

    async fn none(&self, file: &str, others: Vec<String>) -> Result<RunSummary, Error> {
        let mut files: Vec<String> = Vec::new();
        for run in self.all(vec![], None).await? {
            if let Some(known) = file_of(&run).filter(|known| !files.iter().any(|it| it == known)) {
                files.push(known.to_owned());
            }
        }
        let store = self.store.url().to_string();
        Err(Error::NoNotebook { file: file.to_owned(), store, files, others })
    }
}

/// Whether a run was of the file at a place.
fn is_at(record: &RunRecord, place: &Path) -> bool {
    let canonical = |path: &Path| std::fs::canonicalize(path).ok();
    let ran = place_of(record);
    ran == place || (ran.is_absolute() && canonical(&ran) == canonical(place))
}

/// Where the notebook of a run was: a whole path where the record says which folder its name
/// is looked up from.
fn place_of(record: &RunRecord) -> PathBuf {
    let file = record.description.file.as_str();
    let folder = record.environment.get("folder").and_then(|it| it.as_str());
    let Some(folder) = folder else { return plain(file) };
    match is_plain(Path::new(file)) {
        true => Path::new(folder).join(file),
        // Then the folder is the notebook's own.
        false => Path::new(folder).join(Path::new(file).file_name().unwrap_or_default()),
    }
}

/// Whether a path has neither `.` nor `..` in it.
fn is_plain(path: &Path) -> bool {
    !path.components().any(|part| matches!(part, Component::CurDir | Component::ParentDir))
}

/// A path from behind the last `.` or `..` on.
fn plain(file: &str) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in Path::new(file).components() {
        match part {
            Component::CurDir | Component::ParentDir => plain.clear(),
            part => plain.push(part),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_begins_behind_its_dots() {
        for (file, expect) in [
            ("an.py", "an.py"),
            ("./an.py", "an.py"),
            ("../b/an.py", "b/an.py"),
            ("a/../b/an.py", "b/an.py"),
            ("/a/an.py", "/a/an.py"),
        ] {
            assert_eq!(plain(file), Path::new(expect), "{file}");
        }
    }
}
