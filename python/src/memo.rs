//! [`Memo`]: memoised functions outside of a worker, which asks its engine instead.
//!
//! A lease that is held for long is renewed by a thread of its own, with a datastore of its
//! own: the process's runtime turns only while somebody asks.

mod why;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use flownote_engine::memo::{Asked, Caller, Computed};
use flownote_engine::{Pace, World};
use flownote_flow::cache::CacheRecord;
use flownote_flow::id::RunId;
use flownote_flow::manifest::SCHEMA;
use flownote_flow::provenance::Provenance;
use flownote_store::lease::{Lease, Watch};
use flownote_store::{Alive, Store, time};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::client::ask;
use crate::error::{Failure, raise_store};
use crate::reuse::version_of;
use crate::shell::words;
use crate::{place, run};

/// Asks one datastore for the values of memoised calls.
#[pyclass(frozen, module = "flownote._native")]
pub struct Memo {
    /// The datastore's address; an absolute path for a folder.
    #[pyo3(get)]
    url: String,
    user: String,
    trust_pickles: bool,
    /// Held for look-ups only, never while the datastore or Python is asked.
    calls: Mutex<Calls>,
}

/// The calls of this process.
#[derive(Default)]
struct Calls {
    count: u64,
    held: HashMap<u64, Held>,
    watches: HashMap<String, Watch>,
}

/// A call that this process computes.
struct Held {
    staging: PathBuf,
    /// Nothing when nobody waits: the result won't be kept as it seems.
    renewing: Option<Renewing>,
}

/// A lease and the thread that renews it.
struct Renewing {
    lease: Lease,
    /// Dropped to end the thread.
    stop: Sender<()>,
    thread: JoinHandle<Lease>,
}

#[pymethods]
impl Memo {
    /// Takes the address of a datastore; by default the one that the surroundings name.
    #[new]
    #[pyo3(signature = (store=None, *, trust_pickles=false))]
    fn new(py: Python<'_>, store: Option<&str>, trust_pickles: bool) -> PyResult<Self> {
        let found = place::find(store).map_err(|error| raise_store(py, &error))?;
        let (url, user) = (found.url.to_string(), run::user_name());
        Ok(Self { url, user, trust_pickles, calls: Mutex::default() })
    }

    /// Asks once for a call, which is a record of provenance: `{"hit": CacheRecord}`,
    /// `{"held": "process 7 on box"}` or `{"compute": 1, "staging": "/…"}`.
    fn ask(&self, py: Python<'_>, call: &str) -> PyResult<String> {
        let provenance: Provenance = read(call)?;
        let watch = self.calls().watches.remove(call);
        let mut watch = watch.unwrap_or_else(|| Watch::new(Pace::default().alive_ttl));
        let asked = ask(py, &self.url, async |store| {
            let world = world();
            Ok(self.caller(store, &world).ask(&provenance, &mut watch).await?)
        })?;
        Ok(match asked {
            Asked::Known(record) => json!({"hit": record}),
            Asked::Held(holder) => {
                self.calls().watches.insert(call.to_owned(), watch);
                json!({"held": format!("process {} on {}", holder.pid, holder.host)})
            }
            Asked::Ours(lease) => {
                let name = format!("memo-{}", time::new_nonce());
                let staging =
                    ask(py, &self.url, async |store| Ok(store.staging(&RunId::new(&name))))?;
                let mut calls = self.calls();
                calls.count += 1;
                let compute = calls.count;
                let answer = json!({"compute": compute, "staging": staging});
                let renewing = lease.map(|lease| renew(self.url.clone(), lease));
                calls.held.insert(compute, Held { staging, renewing });
                answer
            }
        }
        .to_string())
    }

    /// Keeps what was computed, or nothing when that failed or can't be kept, and lets
    /// others at it: `{"kept", "differs"}`.
    #[pyo3(signature = (compute, value=None, *, failed=false))]
    fn keep(
        &self,
        py: Python<'_>,
        compute: u64,
        value: Option<&str>,
        failed: bool,
    ) -> PyResult<String> {
        let held = self.calls().held.remove(&compute);
        let held = held.ok_or_else(|| PyValueError::new_err("that call is not being computed"))?;
        let Held { staging, renewing } = held;
        let lease = renewing.map(|Renewing { lease, stop, thread }| {
            drop(stop);
            py.detach(|| thread.join()).unwrap_or(lease)
        });
        // What can't be read isn't kept, and the lease is given back all the same.
        let computed: Result<Option<Computed>, PyErr> = value.map(read).transpose();
        let differs = ask(py, &self.url, async |store| {
            let kept = match &computed {
                Ok(Some(computed)) => self.publish(store, computed, &staging).await,
                Ok(None) | Err(_) => Ok(false),
            };
            if let Some(lease) = lease.clone() {
                let told = (!failed && kept.is_ok()).then_some(value.is_some());
                store.release_lease(lease, told).await?;
            }
            // Nothing is left in it when the value was inline.
            let _ = std::fs::remove_dir_all(&staging);
            kept
        })?;
        Ok(json!({"kept": computed?.is_some(), "differs": differs}).to_string())
    }

    /// Says whose value of a call is kept, or why there is none: what differs from the
    /// nearest.
    fn why(&self, py: Python<'_>, call: &str, name: &str) -> PyResult<String> {
        let call: Provenance = read(call)?;
        ask(py, &self.url, async |store| {
            let world = world();
            if let Some(record) = self.caller(store, &world).look_up(&call).await? {
                let at = words::time(&record.finished_at);
                return Ok(format!("kept: computed by {}, {at}", record.user));
            }
            why::why(store, &call, name).await
        })
    }

    /// Forgets the values of a call; answers how many there were.
    fn forget(&self, py: Python<'_>, call: &str) -> PyResult<usize> {
        let call: Provenance = read(call)?;
        ask(py, &self.url, async |store| {
            let world = world();
            Ok(self.caller(store, &world).forget(&call).await?)
        })
    }
}

impl Memo {
    fn calls(&self) -> MutexGuard<'_, Calls> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn caller<'a>(&'a self, store: &'a Store, world: &'a World) -> Caller<'a> {
        Caller {
            store,
            user: &self.user,
            owner: Alive::of_this_process(0, 0),
            trust_pickles: self.trust_pickles,
            world: Some(world),
        }
    }

    async fn publish(
        &self,
        store: &Store,
        computed: &Computed,
        staging: &std::path::Path,
    ) -> Result<bool, Failure> {
        let process = Alive::of_this_process(0, 0);
        let record = CacheRecord {
            schema: SCHEMA,
            nonce: time::new_nonce(),
            flow: "memo".into(),
            run: RunId::new(format!("{}-{}", process.host, process.pid)),
            step: computed.name.as_str().into(),
            task: "0".into(),
            attempt: 0,
            user: self.user.clone(),
            finished_at: time::now(),
            elapsed_ms: computed.elapsed_ms,
            manifest: computed.manifest()?,
        };
        let world = world();
        Ok(self.caller(store, &world).keep(computed, &record, staging).await?)
    }
}

/// The world as this process sees it. Whoever asks waits anyway, and a thread of the
/// runtime would be in the way of a fork.
fn world() -> World {
    World::new(version_of, |_, _| false)
}

/// Renews a lease until the sender is dropped; the thread answers with its last form.
fn renew(url: String, mut lease: Lease) -> Renewing {
    let (stop, stopped) = channel::<()>();
    let first = lease.clone();
    let thread = std::thread::spawn(move || {
        while stopped.recv_timeout(Pace::default().alive) == Err(RecvTimeoutError::Timeout) {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let Ok(runtime) = runtime else { continue };
            // A lease that can't be renewed is lost at worst, and work is done twice.
            let _: Result<(), flownote_store::Error> = runtime.block_on(async {
                let store = place::open(Some(&url), false).await?;
                store.renew_lease(&mut lease).await
            });
        }
        lease
    });
    Renewing { lease: first, stop, thread }
}

fn read<T: DeserializeOwned>(text: &str) -> PyResult<T> {
    serde_json::from_str(text).map_err(|error| PyValueError::new_err(error.to_string()))
}
