//! The code of a step as it was loaded, and how it differs from the run before.

use std::collections::{BTreeMap, BTreeSet};

use flownote_flow::id::StepName;
use flownote_flow::manifest::ArtifactRecord;
use flownote_flow::run::RunRecord;
use flownote_store::{Error, RunKey};
use similar::TextDiff;

use super::Runs;
use super::cells::{self, Cells};
use super::facts::Facts;
use crate::api::{CodeDetail, FileDiff, SourceFile};

/// Lines around a change.
const AROUND: usize = 3;
/// Among so many earlier runs the one before is looked for.
const LOOKED_AT: usize = 500;

impl Runs {
    /// Reads the code of a run, or of one of its steps.
    pub async fn code(&self, run: &RunKey, step: Option<&str>) -> Result<CodeDetail, Error> {
        let record = self.store().run_record(run).await?;
        let now = RunOf { run: run.clone(), record };
        let sources = self.sources(&now).await?;
        let described = &now.record.description;
        let is_notebook = Cells::of(&now.record).is_some();
        let found =
            step.and_then(|name| described.steps.iter().find(|it| it.name.as_str() == name));
        let file = match is_notebook {
            true => step.filter(|step| sources.contains_key(*step)).map(str::to_owned),
            false => found.map(|step| step.file.clone()),
        };
        let own = file.clone().unwrap_or_else(|| described.file.clone());
        let mut files = Vec::new();
        for (path, source) in &sources {
            let text = self.text(source).await?;
            let file = SourceFile {
                path: path.clone(),
                title: source.title.clone(),
                language: source.language.clone(),
                text,
            };
            files.push((path != &own, source.place, file));
        }
        files.sort_by(|(not_own, place, file), other| {
            (not_own, place, &file.path).cmp(&(&other.0, &other.1, &other.2.path))
        });
        let files: Vec<SourceFile> = files.into_iter().map(|(_, _, file)| file).collect();
        let lines = found.filter(|_| !is_notebook).and_then(|step| {
            let text = files.iter().find(|it| it.path == step.file)?.text.as_str();
            extent(text, step.line)
        });
        let previous = self.previous(&now).await?;
        let diff = match &previous {
            Some(previous) => Some(self.difference(previous, &now).await?),
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

    /// The run before this one: of the same flow, and of the same notebook if it is one's.
    async fn previous(&self, now: &RunOf) -> Result<Option<RunOf>, Error> {
        let names = self.catalogue.names(self.store(), &now.run.flow).await?;
        let mine = Cells::of(&now.record).map(|_| Facts::of(&now.record));
        let before = names.iter().filter(|name| name.run < now.run.run).take(LOOKED_AT);
        for name in before {
            let key = RunKey { flow: now.run.flow.clone(), run: name.run.clone() };
            let found = async {
                let other = self.catalogue.facts(self.store(), &key).await?;
                if mine.as_ref().is_some_and(|mine| !mine.is_of_same_notebook(&other)) {
                    return Ok(None);
                }
                Ok(Some(self.store().run_record(&key).await?))
            };
            match found.await {
                Ok(Some(record)) => return Ok(Some(RunOf { run: key, record })),
                // It is another notebook's, or gc took it.
                Ok(None) | Err(Error::Missing { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }

    /// The sources of a run, by path; of a notebook's run its cells, by id.
    async fn sources(&self, of: &RunOf) -> Result<BTreeMap<String, Source>, Error> {
        let mut found: BTreeMap<String, Source> = BTreeMap::new();
        let cells = Cells::of(&of.record);
        for (path, record) in &of.record.sources {
            let step = StepName::new(path.as_str());
            let source = Source {
                title: cells.as_ref().map(|cells| cells.name(&step)),
                language: cells.as_ref().and_then(|it| it.language(&step)).map(str::to_owned),
                place: cells.as_ref().map_or(0, |cells| cells.place(&step)),
                digest: record.digest.to_string(),
                held: Held::Record(record.clone()),
            };
            found.insert(path.clone(), source);
        }
        let Some(cells) = cells else { return Ok(found) };
        // A cell that was edited ran with the code that its last execution has.
        let shelf = self.shelf.current(self.store(), &of.run).await?;
        let tasks = shelf.read().await;
        for (step, (text, language)) in cells::code(self.store(), &of.run, &tasks).await? {
            let source = Source {
                title: Some(cells.name(&step)),
                language: language.or_else(|| cells.language(&step).map(str::to_owned)),
                place: cells.place(&step),
                digest: blake3::hash(text.as_bytes()).to_hex().to_string(),
                held: Held::Text(text),
            };
            found.insert(step.to_string(), source);
        }
        Ok(found)
    }

    /// How the sources of a run differ from those of an earlier one, file by file.
    pub async fn difference(&self, before: &RunOf, now: &RunOf) -> Result<Vec<FileDiff>, Error> {
        let (before, now) = (self.sources(before).await?, self.sources(now).await?);
        let paths: BTreeSet<&String> = before.keys().chain(now.keys()).collect();
        let mut found = Vec::new();
        for path in paths {
            let (old, new) = (before.get(path), now.get(path));
            let change = match (old, new) {
                (Some(old), Some(new)) if old.digest == new.digest => continue,
                (Some(_), Some(_)) => "changed",
                (None, _) => "added",
                (_, None) => "removed",
            };
            let texts = (self.optional(old).await?, self.optional(new).await?);
            let diff = TextDiff::from_lines(&texts.0, &texts.1);
            let text = diff.unified_diff().context_radius(AROUND).header(path, path).to_string();
            let of = new.or(old);
            let place = of.map_or(0, |of| of.place);
            let title = of.and_then(|of| of.title.clone());
            let change = change.to_owned();
            found.push((place, FileDiff { path: path.clone(), title, change, text }));
        }
        found.sort_by_key(|(place, _)| *place);
        Ok(found.into_iter().map(|(_, diff)| diff).collect())
    }

    async fn optional(&self, source: Option<&Source>) -> Result<String, Error> {
        match source {
            Some(source) => self.text(source).await,
            None => Ok(String::new()),
        }
    }

    async fn text(&self, source: &Source) -> Result<String, Error> {
        match &source.held {
            Held::Text(text) => Ok(text.clone()),
            Held::Record(record) => {
                let bytes = self.store().read_record_of(record, "run.json", "its sources").await?;
                Ok(String::from_utf8_lossy(&bytes).into_owned())
            }
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

/// A source file, or a cell.
struct Source {
    title: Option<String>,
    language: Option<String>,
    place: usize,
    /// Of its text.
    digest: String,
    held: Held,
}

enum Held {
    Record(ArtifactRecord),
    Text(String),
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
