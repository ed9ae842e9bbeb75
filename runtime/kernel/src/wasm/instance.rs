//! One instance of a module, within its limits.

use std::time::{Duration, Instant};

use flownote_notebook::wasm::Limits;
use wasmtime::{
    Instance, Memory, ResourceLimiter, Store, StoreLimits, StoreLimitsBuilder, UpdateDeadline,
};

use super::buffers::in_words;
use super::engine::Engine;
use super::error::{Error, Result};
use super::fault::{Place, Trap};
use super::function::Interrupt;
use super::module::Compiled;
use super::ticker::Ticking;

/// How many elements a table may have: more than compilers make, little enough memory.
pub(super) const TABLE: usize = 100_000;

/// How many tables a module may have.
const TABLES: usize = 8;

/// How often a running guest's caller is asked whether it was interrupted: asking may
/// take a lock.
const LOOK: Duration = Duration::from_millis(50);

/// Watches over one instance.
pub(super) struct Guard {
    limits: StoreLimits,
    refused: Option<Refused>,
    deadline: Instant,
    interrupt: Option<Interrupt>,
    look: Instant,
}

/// What the guest wanted and didn't get. It may go on without; if it fails, that is why.
#[derive(Clone, Copy)]
enum Refused {
    Memory(usize),
    Table(usize),
}

/// Why the host stopped the guest.
#[derive(Debug, thiserror::Error)]
enum Stop {
    #[error("the deadline passed")]
    Deadline,
    #[error("interrupted")]
    Interrupted,
}

impl ResourceLimiter for Guard {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let allowed = self.limits.memory_growing(current, desired, maximum)?;
        if !allowed {
            self.refused = Some(Refused::Memory(desired));
        }
        Ok(allowed)
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let allowed = self.limits.table_growing(current, desired, maximum)?;
        if !allowed {
            self.refused = Some(Refused::Table(desired));
        }
        Ok(allowed)
    }

    fn instances(&self) -> usize {
        self.limits.instances()
    }

    fn tables(&self) -> usize {
        self.limits.tables()
    }

    fn memories(&self) -> usize {
        self.limits.memories()
    }
}

/// An instance that is being called.
pub(super) struct Running<'a> {
    pub store: Store<Guard>,
    pub instance: Instance,
    function: &'a str,
    limits: Limits,
    /// Keeps the clock going.
    _ticking: Ticking,
}

/// What bounds a whole call, however many instances it takes.
#[derive(Clone)]
pub(super) struct Bounds {
    pub limits: Limits,
    pub deadline: Instant,
    pub interrupt: Option<Interrupt>,
}

impl Bounds {
    /// The bounds of a call that starts now.
    pub(super) fn from_now(limits: Limits, interrupt: Option<Interrupt>) -> Self {
        Self { limits, deadline: Instant::now() + limits.deadline(), interrupt }
    }
}

impl<'a> Running<'a> {
    /// Makes an instance, on behalf of `function`.
    pub(super) fn start(
        engine: &Engine,
        compiled: &Compiled,
        function: &'a str,
        bounds: &Bounds,
    ) -> Result<Self> {
        let limits = bounds.limits;
        let memory = usize::try_from(limits.memory).unwrap_or(usize::MAX);
        let store_limits = StoreLimitsBuilder::new()
            .memory_size(memory)
            .memories(1)
            .instances(1)
            .tables(TABLES)
            .table_elements(TABLE)
            .build();
        let guard = Guard {
            limits: store_limits,
            refused: None,
            deadline: bounds.deadline,
            interrupt: bounds.interrupt.clone(),
            look: Instant::now() + LOOK,
        };
        let ticking = engine.tick().map_err(|error| Error::Host { reason: error.to_string() })?;
        let mut store = Store::new(engine.wasmtime(&limits), guard);
        store.limiter(|guard| guard);
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(|mut context| look_after(context.data_mut()));
        if let Some(fuel) = limits.fuel {
            store.set_fuel(fuel).map_err(|error| Error::Host { reason: error.to_string() })?;
        }
        let instance = match compiled.instances.instantiate(&mut store) {
            Ok(instance) => instance,
            Err(error) => return Err(explain(&store, function, &limits, &error)),
        };
        let mut running = Self { store, instance, function, limits, _ticking: ticking };
        let initialize = instance.get_typed_func::<(), ()>(&mut running.store, "_initialize");
        if let Ok(initialize) = initialize {
            let done = initialize.call(&mut running.store, ());
            done.map_err(|error| running.explain(&error))?;
        }
        Ok(running)
    }

    /// The exported memory; functions of columns are known to have one.
    pub(super) fn memory(&mut self) -> Result<Memory> {
        self.instance
            .get_memory(&mut self.store, "memory")
            .ok_or_else(|| Error::NoMemory { function: self.function.to_owned() })
    }

    /// How much memory the guest may have.
    pub(super) fn memory_limit(&self) -> u64 {
        self.limits.memory
    }

    /// The name of the function on whose behalf the instance exists.
    pub(super) fn function(&self) -> &'a str {
        self.function
    }

    /// What an engine's error means.
    pub(super) fn explain(&self, error: &wasmtime::Error) -> Error {
        explain(&self.store, self.function, &self.limits, error)
    }

    /// What a function's own report of failure means.
    pub(super) fn failed(&self, code: i32) -> Error {
        let refused = refusal(&self.store, self.function, &self.limits, Box::default());
        refused.unwrap_or_else(|| Error::Failed { function: self.function.to_owned(), code })
    }
}

/// Whether a guest may go on; asked at each tick.
fn look_after(guard: &mut Guard) -> wasmtime::Result<UpdateDeadline> {
    let now = Instant::now();
    if now >= guard.deadline {
        return Err(wasmtime::Error::new(Stop::Deadline));
    }
    if let Some(interrupt) = guard.interrupt.as_ref().filter(|_| now >= guard.look) {
        if interrupt() {
            return Err(wasmtime::Error::new(Stop::Interrupted));
        }
        guard.look = Instant::now() + LOOK;
    }
    Ok(UpdateDeadline::Continue(1))
}

fn explain(
    store: &Store<Guard>,
    function: &str,
    limits: &Limits,
    error: &wasmtime::Error,
) -> Error {
    let place = Box::new(Place::of(error));
    let function = function.to_owned();
    match error.downcast_ref() {
        Some(Stop::Deadline) => {
            return Error::Deadline { function, deadline: limits.deadline(), place };
        }
        Some(Stop::Interrupted) => return Error::Interrupted { function },
        None => {}
    }
    let trap = error.downcast_ref::<wasmtime::Trap>();
    if let (Some(wasmtime::Trap::OutOfFuel), Some(fuel)) = (trap, limits.fuel) {
        return Error::Fuel { function, fuel, place };
    }
    if let Some(error) = refusal(store, &function, limits, place.clone()) {
        return error;
    }
    match trap {
        Some(trap) => Error::Trap { function, trap: Trap(*trap), place },
        None => Error::Host { reason: format!("{error:#}") },
    }
}

fn refusal(
    store: &Store<Guard>,
    function: &str,
    limits: &Limits,
    place: Box<Place>,
) -> Option<Error> {
    let function = function.to_owned();
    Some(match store.data().refused? {
        Refused::Memory(desired) => Error::Memory {
            function,
            needed: in_words(desired as u64),
            limit: in_words(limits.memory),
            place,
        },
        Refused::Table(needed) => Error::Table { function, needed, limit: TABLE },
    })
}
