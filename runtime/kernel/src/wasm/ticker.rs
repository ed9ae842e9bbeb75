//! The clock of calls: while any runs, the engines' epochs advance.

use std::io;
use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

/// How often a running guest is looked after: a deadline may be late by this much.
const TICK: Duration = Duration::from_millis(2);

/// How many ticks the thread stays when no call runs: starting it costs more than a call.
const IDLE: u32 = 250;

/// Advances epochs from a thread of its own, which exists only while it is needed.
///
/// A process may be forked at any time, and the child has no such thread: the owner's id
/// tells, and no lock is involved that another thread could have held.
pub(super) struct Ticker {
    shared: Arc<Shared>,
}

struct Shared {
    engines: [wasmtime::Engine; 2],
    calls: AtomicUsize,
    running: AtomicBool,
    owner: AtomicU32,
}

/// A call that runs. The epochs advance until it is dropped.
pub(super) struct Ticking(Arc<Shared>);

impl Ticker {
    pub(super) fn new(engines: [wasmtime::Engine; 2]) -> Self {
        let shared = Shared {
            engines,
            calls: AtomicUsize::new(0),
            running: AtomicBool::new(false),
            owner: AtomicU32::new(process::id()),
        };
        Self { shared: Arc::new(shared) }
    }

    /// Has the epochs advance while the answer lives.
    pub(super) fn start(&self) -> io::Result<Ticking> {
        let shared = &self.shared;
        let (owner, this) = (shared.owner.load(Ordering::SeqCst), process::id());
        let forked = owner != this
            && shared
                .owner
                .compare_exchange(owner, this, Ordering::SeqCst, Ordering::SeqCst)
                .is_ok();
        if forked {
            shared.calls.store(0, Ordering::SeqCst);
            shared.running.store(false, Ordering::SeqCst);
        }
        shared.calls.fetch_add(1, Ordering::SeqCst);
        let ticking = Ticking(shared.clone());
        if !shared.running.swap(true, Ordering::SeqCst) {
            let shared = shared.clone();
            let thread = thread::Builder::new().name("wasm-ticker".into()).stack_size(64 << 10);
            thread.spawn(move || tick(&shared)).inspect_err(|_| {
                ticking.0.running.store(false, Ordering::SeqCst);
            })?;
        }
        Ok(ticking)
    }
}

impl Drop for Ticking {
    fn drop(&mut self) {
        self.0.calls.fetch_sub(1, Ordering::SeqCst);
    }
}

fn tick(shared: &Shared) {
    let mut idle = 0;
    loop {
        thread::sleep(TICK);
        for engine in &shared.engines {
            engine.increment_epoch();
        }
        idle = if shared.calls.load(Ordering::SeqCst) == 0 { idle + 1 } else { 0 };
        if idle < IDLE {
            continue;
        }
        shared.running.store(false, Ordering::SeqCst);
        // A call that began just now saw a running thread: then this one goes on, unless
        // the next call has already started another.
        let needed = shared.calls.load(Ordering::SeqCst) > 0;
        if !needed || shared.running.swap(true, Ordering::SeqCst) {
            return;
        }
        idle = 0;
    }
}
