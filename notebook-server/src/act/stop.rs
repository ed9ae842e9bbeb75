//! `POST api/runs/{flow}/{run}/stop`: the process that owns a run is told to end it, as Ctrl-C
//! where it was started would.

use axum::Json;
use axum::extract::{Path, State};
use flownote_store::process::host;
use flownote_store::{Alive, Presence, notebooks};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::answer::{Answer, Failure};
use crate::api::Stopping;
use crate::runs::ask::run_key;
use crate::state::App;

/// Tells it. The run ends when its tasks have; who looks sees it.
pub async fn stop(
    State(app): State<App>,
    Path((flow, run)): Path<(String, String)>,
) -> Answer<Stopping> {
    let key = run_key(&flow, &run)?;
    let record = app.store.run_record(&key).await?;
    if app.store.run_status(&key).await?.1.is_some() {
        return Err(Failure::refused("the run is over", "there is nothing to stop"));
    }
    if notebooks::is(&key.flow) && record.command.is_empty() {
        return Err(Failure::refused(
            "this run is the session of an open notebook",
            "interrupt its cells there, or end its kernel in Health",
        ));
    }
    let owner = app.store.owner(&key).await?.unwrap_or(Alive {
        epoch: 1,
        counter: 0,
        host: record.host,
        pid: record.pid,
        process_start: record.process_start,
    });
    let gone = || {
        Failure::refused(
            "the process that ran it is gone",
            "`Continue` takes the run up again; `Resume` starts a new one",
        )
    };
    match owner.presence() {
        Presence::Running => {}
        Presence::Gone => return Err(gone()),
        Presence::Elsewhere => {
            return Err(Failure::refused(
                format!("the run goes on on `{}`, and this is `{}`", owner.host, host()),
                "stop it there: Ctrl-C, or `kill -INT` of its process",
            ));
        }
    }
    let pid = i32::try_from(owner.pid).map_err(|_| gone())?;
    kill(Pid::from_raw(pid), Signal::SIGINT).map_err(|error| {
        Failure::refused(
            format!("process {pid} can't be told: {error}"),
            "it may be another user's: ask who started the run",
        )
    })?;
    Ok(Json(Stopping { pid: owner.pid }))
}
