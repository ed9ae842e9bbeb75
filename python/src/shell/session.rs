//! A verb at work on a datastore: the one place of the shell that builds a runtime.

use clap::ArgMatches;
use flownote_store::Store;

use super::error::Error;
use super::{Exit, Outcome, output};
use crate::place;

/// Opens the datastore that `--store` or the surroundings name and works on it. Ctrl-C
/// ends the work.
pub fn with_store(
    matches: &ArgMatches,
    work: impl AsyncFnOnce(&Store) -> Result<Outcome, Error>,
) -> Outcome {
    let flag = matches.get_one::<String>("store");
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(source) => {
            let what = "an event queue".into();
            return output::finish(Err(Error::Output { what, source }));
        }
    };
    let result = runtime.block_on(async {
        let store = place::open(flag.map(String::as_str), false).await?;
        tokio::select! {
            result = work(&store) => result,
            _ = tokio::signal::ctrl_c() => Ok(Exit::Cancelled.into()),
        }
    });
    runtime.shutdown_background();
    match result {
        Ok(outcome) => outcome,
        Err(error) => output::finish(Err(error)),
    }
}
