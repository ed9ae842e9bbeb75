//! What differs for runs of notebooks: their flow has one name for all of them, their steps
//! are cells, and the studio runs them.

use flownote_flow::id::FlowName;
use flownote_flow::run::RunRecord;
use flownote_store::client::RunSummary;

/// The flow of all notebooks.
pub const FLOW: &str = "Notebook";
/// The step beside the cells whose artifact of the same name is the executed notebook.
pub const EXECUTED: &str = "notebook_file";

/// Whether a flow's runs are notebooks'.
pub fn is(flow: &FlowName) -> bool {
    flow.as_str() == FLOW
}

/// The notebook's file, as whoever ran it named it.
pub fn file(run: &RunSummary) -> Option<&str> {
    run.system_tags.iter().find_map(|tag| tag.strip_prefix("file:"))
}

/// Whether the notebook was run from the shell, which can do so again: not by a front end.
pub fn is_of_the_shell(record: &RunRecord) -> bool {
    !record.command.is_empty()
}
