//! A step of a run: its tasks.

use console::style;
use flownote_flow::id::StepName;
use flownote_store::RunKey;
use flownote_store::client::Task;

use super::super::error::Error;
use super::super::table::{Table, number, text};
use super::super::{output, words};
use flownote_store::notebooks::Cells;

/// Shows it.
pub fn show(
    run: &RunKey,
    step: &StepName,
    cells: &Cells,
    tasks: &[Task],
    json: bool,
) -> Result<(), Error> {
    if json {
        return output::json(&tasks);
    }
    let cell = cells.name(step).map(|name| format!("  {name}")).unwrap_or_default();
    let mut out = format!("{}{cell}\n\n", style(format!("{run}/{step}")).bold());
    if tasks.is_empty() {
        out.push_str("No tasks yet.\n");
        return output::write(out);
    }
    let columns =
        [text("TASK"), text("STATUS"), text("STARTED"), number("TOOK"), number("ATTEMPTS")];
    let mut table = Table::new(&columns);
    for task in tasks {
        let begun = task.created_at.as_deref();
        table.row([
            task.task.to_string(),
            words::task_status(task.status),
            begun.map(words::time).unwrap_or_default(),
            words::elapsed(begun, task.finished_at.as_deref()),
            task.attempts.len().to_string(),
        ]);
    }
    output::write(out + &table.render(output::width()))
}
