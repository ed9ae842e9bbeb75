//! The code of a step as it was loaded, and how it differs from the run before.

use std::collections::{BTreeMap, BTreeSet};

use flownote_flow::manifest::ArtifactRecord;
use flownote_flow::run::RunRecord;
use flownote_store::{Error, RunKey, Store};
use similar::TextDiff;

use super::Runs;
use crate::api::{CodeDetail, FileDiff, SourceFile};

/// Lines around a change.
const AROUND: usize = 3;

impl Runs {
    /// Reads the code of a run, or of one of its steps.
    pub async fn code(&self, run: &RunKey, step: Option<&str>) -> Result<CodeDetail, Error> {
        let store = self.store();
        let record = store.run_record(run).await?;
        let described = record.description.steps.iter();
        let step = step.and_then(|name| described.clone().find(|it| it.name.as_str() == name));
        let file = step.map(|step| step.file.clone());
        let own = file.clone().unwrap_or_else(|| record.description.file.clone());
        let mut files = Vec::new();
        for (path, source) in &record.sources {
            files.push(SourceFile { path: path.clone(), text: text(store, source).await? });
        }
        files.sort_by_key(|it| (it.path != own, it.path.clone()));
        let lines = step.and_then(|step| {
            let text = files.iter().find(|it| it.path == step.file)?.text.as_str();
            extent(text, step.line)
        });
        let previous = self.previous(run).await?;
        let diff = match &previous {
            Some(previous) => Some(difference(store, previous, &record).await?),
            None => None,
        };
        Ok(CodeDetail {
            files,
            file,
            lines,
            previous: previous.map(|it| it.run.run.to_string()),
            diff,
        })
    }

    /// The flow's run before this one.
    async fn previous(&self, run: &RunKey) -> Result<Option<RunOf>, Error> {
        let names = self.catalogue.names(self.store(), &run.flow).await?;
        let before = names.iter().find(|name| name.run < run.run).map(|name| name.run.clone());
        let Some(before) = before else { return Ok(None) };
        let key = RunKey { flow: run.flow.clone(), run: before };
        match self.store().run_record(&key).await {
            Ok(record) => Ok(Some(RunOf { run: key, record })),
            // gc took it.
            Err(Error::Missing { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// A run and its record.
pub struct RunOf {
    /// The run.
    pub run: RunKey,
    /// Its record.
    pub record: RunRecord,
}

/// How the sources of a run differ from those of an earlier one, file by file.
pub async fn difference(
    store: &Store,
    before: &RunOf,
    now: &RunRecord,
) -> Result<Vec<FileDiff>, Error> {
    let empty = BTreeMap::new();
    let before = if before.record.sources.is_empty() { &empty } else { &before.record.sources };
    let paths: BTreeSet<&String> = before.keys().chain(now.sources.keys()).collect();
    let mut found = Vec::new();
    for path in paths {
        let (old, new) = (before.get(path), now.sources.get(path));
        let change = match (old, new) {
            (Some(old), Some(new)) if old.digest == new.digest => continue,
            (Some(_), Some(_)) => "changed",
            (None, _) => "added",
            (_, None) => "removed",
        };
        let texts = (optional(store, old).await?, optional(store, new).await?);
        let diff = TextDiff::from_lines(&texts.0, &texts.1);
        let text = diff.unified_diff().context_radius(AROUND).header(path, path).to_string();
        found.push(FileDiff { path: path.clone(), change: change.to_owned(), text });
    }
    Ok(found)
}

async fn optional(store: &Store, source: Option<&ArtifactRecord>) -> Result<String, Error> {
    match source {
        Some(source) => text(store, source).await,
        None => Ok(String::new()),
    }
}

async fn text(store: &Store, source: &ArtifactRecord) -> Result<String, Error> {
    let bytes = store.read_record_of(source, "run.json", "its sources").await?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The first and the last line of the function that is defined at a line, decorators
/// included.
fn extent(text: &str, line: u32) -> Option<(u32, u32)> {
    let lines: Vec<&str> = text.lines().collect();
    let at = usize::try_from(line).ok()?.checked_sub(1)?;
    let depth = |line: &str| line.len() - line.trim_start().len();
    let own = depth(lines.get(at)?);
    let above = lines[..at].iter().rev();
    let decorators = above.take_while(|it| depth(it) == own && it.trim_start().starts_with('@'));
    let first = at - decorators.count();
    // The head may go on over lines that aren't further in: it ends with a colon.
    let head = lines[at..]
        .iter()
        .position(|it| it.split('#').next().is_some_and(|it| it.trim_end().ends_with(':')));
    let body = at + head.unwrap_or(0) + 1;
    let below = lines.get(body..)?.iter().position(|it| !it.trim().is_empty() && depth(it) <= own);
    let end = below.map_or(lines.len(), |below| body + below);
    let last = lines[..end].iter().rposition(|it| !it.trim().is_empty())? + 1;
    Some((u32::try_from(first + 1).ok()?, u32::try_from(last).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_found_in_its_file() {
        let text = "class F:\n    @retry(times=2)\n    @step\n    def train(\n        self,\n    ):\n        \
            x = 1\n\n        # done\n        self.next(self.end)\n\n    @step\n    def end(self):\n        pass\n";
        assert_eq!(extent(text, 4), Some((2, 10)));
        assert_eq!(extent(text, 13), Some((12, 14)));
        assert_eq!(extent(text, 99), None);
        assert_eq!(extent(text, 0), None);
    }
}
