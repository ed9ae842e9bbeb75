//! `cache clear`: forgets results. Runs keep theirs; blobs that nothing else refers to go
//! with the next gc.

use std::time::{Duration, SystemTime};

use clap::{Arg, Command};
use flownote_store::Store;

use super::super::error::Error;
use super::super::gc::period;
use super::super::session::with_store;
use super::super::target_option::{flag, given};
use super::super::{Exit, Outcome, Shell, flow_option, output, words};

/// `flownote cache clear`.
pub fn command() -> Command {
    Command::new("clear")
        .about("Forget kept results; runs keep theirs")
        .arg(period("older-than").help("Only results that were kept longer ago: 30d, 12h, 2w"))
        .arg(Arg::new("step").long("step").value_name("NAME").help("Only results of this step"))
        .arg(flag("dry-run", "Only say what would go"))
        .arg(flow_option::store())
}

/// Forgets them.
pub fn act(shell: &Shell<'_>) -> Outcome {
    with_store(shell.matches, async |store| clear(shell, store).await)
}

async fn clear(shell: &Shell<'_>, store: &Store) -> Result<Outcome, Error> {
    let matches = shell.matches;
    let before = matches.get_one::<Duration>("older-than");
    let before = before.and_then(|age| SystemTime::now().checked_sub(*age));
    let step = given(matches, "step");
    let mut doomed = Vec::new();
    for entry in store.cache_entries().await? {
        if before.is_some_and(|before| entry.kept > before) {
            continue;
        }
        if let Some(step) = step {
            let record = store.kept(&entry.slot).await?;
            if record.is_none_or(|record| record.step.as_str() != step) {
                continue;
            }
        }
        doomed.push(entry.slot);
    }
    let count = words::count(doomed.len() as u64, "result");
    if matches.get_flag("dry-run") {
        output::write(format!("would forget {count}\n"))?;
    } else {
        store.forget_results(&doomed).await?;
        let note = if doomed.is_empty() { "" } else { "; `flownote gc` frees the space" };
        output::write(format!("forgot {count}{note}\n"))?;
    }
    Ok(Exit::Success.into())
}
