//! One JSON object a line, for programs.

use std::io::Write;

use flownote_engine::Progress;

/// Writes one event to stdout. A reader that went away doesn't stop the run.
#[expect(clippy::needless_pass_by_value, reason = "the reporter hands each event over")]
pub fn report(progress: Progress) {
    let line = serde_json::to_string(&progress).expect("progress is JSON");
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}
