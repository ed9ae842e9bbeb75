//! The engine: compiles modules, remembers them, and keeps their time.

use std::io;
use std::sync::Arc;

use flownote_notebook::wasm::Limits;
use wasmtime::{Config, WasmBacktraceDetails, WasmFeatures};

use super::error::{Error, Result};
use super::module::Compiled;
use super::recent::Recent;
use super::ticker::{Ticker, Ticking};

/// How deep a guest's calls may nest, in bytes of stack.
const STACK: usize = 512 << 10;

/// Up to this size memories grow in place; it is address space, not memory.
const RESERVATION: u64 = 256 << 20;

/// How many modules are kept compiled.
const KEPT: usize = 16;

/// What compiles and runs WASM. Cheap to clone; one for a process is enough.
#[derive(Clone)]
pub struct Engine(Arc<Inner>);

struct Inner {
    plain: wasmtime::Engine,
    /// Counts fuel, which costs a third of the speed: for those who ask for it.
    fuelled: wasmtime::Engine,
    ticker: Ticker,
    /// Binaries by the digest of the source and how it was compiled.
    pub binaries: Recent<blake3::Hash, Arc<[u8]>>,
    /// Compiled modules by the digest of their binary, and whether they count fuel.
    pub modules: Recent<(blake3::Hash, bool), Arc<Compiled>>,
}

impl Engine {
    /// An engine. It fails only where the machine is none that WASM is compiled for.
    pub fn new() -> Result<Self> {
        let make = |fuel| {
            wasmtime::Engine::new(&config(fuel))
                .map_err(|error| Error::Host { reason: error.to_string() })
        };
        let (plain, fuelled) = (make(false)?, make(true)?);
        let ticker = Ticker::new([plain.clone(), fuelled.clone()]);
        let (binaries, modules) = (Recent::new(KEPT), Recent::new(KEPT));
        Ok(Self(Arc::new(Inner { plain, fuelled, ticker, binaries, modules })))
    }

    pub(super) fn wasmtime(&self, limits: &Limits) -> &wasmtime::Engine {
        if limits.fuel.is_some() { &self.0.fuelled } else { &self.0.plain }
    }

    pub(super) fn tick(&self) -> io::Result<Ticking> {
        self.0.ticker.start()
    }

    pub(super) fn binaries(&self) -> &Recent<blake3::Hash, Arc<[u8]>> {
        &self.0.binaries
    }

    pub(super) fn modules(&self) -> &Recent<(blake3::Hash, bool), Arc<Compiled>> {
        &self.0.modules
    }
}

fn config(fuel: bool) -> Config {
    let mut config = Config::new();
    config
        .epoch_interruption(true)
        .consume_fuel(fuel)
        .max_wasm_stack(STACK)
        .wasm_backtrace_details(WasmBacktraceDetails::Enable)
        // A library in other people's processes leaves their signal handlers alone: a
        // later `faulthandler.enable()` would turn each trap into the process's end. The
        // explicit checks also spare the 4 GiB of address space that guards would take.
        .signals_based_traps(false)
        .memory_reservation(RESERVATION)
        .memory_guard_size(0)
        // Threads of a pool don't survive a fork.
        .parallel_compilation(false)
        // The same result on each machine.
        .relaxed_simd_deterministic(true)
        .wasm_features(WasmFeatures::THREADS | WasmFeatures::MEMORY64, false)
        .wasm_multi_memory(false);
    config
}
