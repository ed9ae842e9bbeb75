//! The log of `flownote serve`: runs of one flow, which has no file.

/// Their flow.
pub const FLOW: &str = "Serve";
/// What stands in their records where others have their flow's file.
pub const FILE: &str = "serve";

/// Whether a run is such a log, by its flow and file: somebody's own flow may have the name.
pub fn is(flow: &str, file: &str) -> bool {
    flow == FLOW && file == FILE
}
