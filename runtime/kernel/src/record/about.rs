//! The run of a session, as its `run.json` describes it.

use std::collections::BTreeMap;
use std::path::Path;

use flownote_flow::description::{FlowDescription, StepDescription};
use flownote_flow::event::Policy;
use flownote_flow::id::{FlowName, RunId, StepName};
use flownote_flow::manifest::{ArtifactRecord, SCHEMA};
use flownote_flow::run::RunRecord;
use flownote_notebook::{Cell, Document};
use flownote_store::Alive;
use serde_json::{Value as Json, json};

use super::Executed;

/// Characters of a cell's first line that its description has.
const HEADLINE: usize = 120;

/// What is known of a session's run before it begins.
#[derive(Clone, Debug)]
pub struct About {
    /// The flow.
    pub flow: FlowName,
    /// The run.
    pub run: RunId,
    /// Who runs it.
    pub user: String,
    /// The notebook's file, as people name it.
    pub file: String,
    /// The folder that `file` is named from.
    pub folder: String,
    /// Tags that the user gave.
    pub tags: Vec<String>,
    /// The command line.
    pub command: Vec<String>,
    /// What the notebook was given.
    pub parameters: BTreeMap<String, ArtifactRecord>,
}

impl About {
    /// The run's record, when it begins.
    pub(super) fn record(&self, document: &Document, first: &Executed) -> RunRecord {
        let environment = environment_of(first, &self.folder);
        let Alive { host, pid, process_start, .. } = Alive::of_this_process(1, 0);
        let mut system_tags = vec![format!("user:{}", self.user), format!("file:{}", self.file)];
        system_tags.extend(document.id.as_ref().map(|id| format!("notebook:{}", id.as_str())));
        let python = environment.get("python").and_then(Json::as_str);
        system_tags.extend(python.map(|version| format!("python:{version}")));
        RunRecord {
            schema: SCHEMA,
            flow: self.flow.clone(),
            run: self.run.clone(),
            nonce: flownote_store::time::new_nonce(),
            created_at: first.started_at.clone(),
            user: self.user.clone(),
            host,
            pid,
            process_start,
            description: self.description(document),
            parameters: self.parameters.clone(),
            constants: Default::default(),
            sources: sources(document),
            environment,
            tags: self.tags.clone(),
            system_tags,
            policy: Policy { max_workers: 1, ..Policy::default() },
            command: self.command.clone(),
            origin: None,
        }
    }

    /// The notebook as a flow: a step for each cell that is executed, in their order. The
    /// line of a step is the number of its cell; what was given has none: 0.
    fn description(&self, document: &Document) -> FlowDescription {
        let steps = document.numbered().map(|(number, cell)| StepDescription {
            name: StepName::new(cell.id.as_str()),
            file: self.file.clone(),
            line: number.unwrap_or_default(),
            doc: cell.headline().map(shortened),
            language: Some(cell.language.title().to_owned()),
            arguments: Vec::new(),
            decorators: Vec::new(),
            transitions: Vec::new(),
        });
        FlowDescription {
            name: self.flow.clone(),
            file: self.file.clone(),
            line: 1,
            doc: None,
            parameters: Vec::new(),
            steps: steps.collect(),
            constants: Vec::new(),
            decorators: Vec::new(),
        }
    }
}

/// The code of the cells as the run begins, by their ids; the type is the language. What a
/// cell was when it ran is with its execution.
fn sources(document: &Document) -> BTreeMap<String, ArtifactRecord> {
    let code = document.cells().iter().filter(|cell| cell.language.is_code());
    let short = code.filter(|cell| cell.source.len() <= super::INLINE);
    let record = |cell: &Cell| ArtifactRecord {
        codec: "utf8".to_owned(),
        digest: blake3::hash(cell.source.as_bytes()).to_hex().as_str().into(),
        size: cell.source.len() as u64,
        type_name: cell.language.name().to_owned(),
        inline: Some(cell.source.clone()),
        inline_base64: None,
        meta: Default::default(),
        preview: None,
    };
    short.map(|cell| (cell.id.as_str().to_owned(), record(cell))).collect()
}

/// The folder that a notebook's name is relative to, which has it in a folder of its own.
pub fn base_of(folder: &Path, file: &str) -> String {
    let above = Path::new(file).parent().filter(|above| above.is_relative());
    let mut base = folder;
    for part in above.into_iter().flat_map(|above| above.components().rev()) {
        match base.parent().filter(|_| base.file_name() == Some(part.as_os_str())) {
            Some(above) => base = above,
            None => return folder.display().to_string(),
        }
    }
    base.display().to_string()
}

/// A headline, not the whole of a very long line.
fn shortened(line: &str) -> String {
    line.chars().take(HEADLINE).collect()
}

/// What a run's environment says.
fn environment_of(executed: &Executed, folder: &str) -> Json {
    let runtime = &executed.runtime;
    json!({
        "folder": folder,
        executed.question.language.name(): runtime.version,
        "platform": runtime.platform,
        "executable": runtime.executable,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_relative_to_a_folder() {
        let check = |file: &str, expect: &str| {
            assert_eq!(base_of(Path::new("/some/deep/notes"), file), expect, "{file}");
        };
        check("tour.ipynb", "/some/deep/notes");
        check("notes/tour.ipynb", "/some/deep");
        check("deep/notes/tour.ipynb", "/some");
        check("/some/deep/notes/tour.ipynb", "/some/deep/notes");
        check("other/tour.ipynb", "/some/deep/notes");
    }
}
