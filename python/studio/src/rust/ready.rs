//! Gets hold of what cells need: a compiler, and the library that all cells share, which is
//! built when it is first needed.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use flownote_flow::help::Help;
use flownote_kernel::rust::{
    Compiler, Extras, InUse, Kit, Level, MissingToolchain, Prelude, Setup, Toolchain,
};

use super::world::{Listener, World};

/// What runs cells, once it is there.
pub struct Ready {
    /// The user's world.
    pub world: World,
    /// What compiles for it.
    pub compiler: Compiler,
    /// How much of it there is.
    pub level: Level,
    /// Nobody removes it meanwhile.
    _in_use: InUse,
}

/// What is found on the way.
pub struct Getting {
    setup: Option<Setup>,
    toolchain: Result<Toolchain, MissingToolchain>,
    /// The rest is being built, or was found to be impossible.
    background: Arc<AtomicBool>,
}

/// Why cells can't run.
pub struct NotReady {
    pub message: String,
    pub hint: Option<String>,
}

impl<E: Help> From<&E> for NotReady {
    fn from(error: &E) -> Self {
        Self { message: error.to_string(), hint: error.hint() }
    }
}

impl Getting {
    /// Looks for the compiler; `stop` ends what somebody waits for.
    pub fn new(stop: &Arc<AtomicBool>) -> Self {
        let toolchain = Toolchain::find();
        let setup = |found: &Toolchain| Setup::new(Setup::folder(), found.clone()).stopped_by(stop);
        let setup = toolchain.as_ref().ok().map(setup);
        Self { setup, toolchain, background: Arc::default() }
    }

    /// The compiler, if there is one.
    pub fn toolchain(&self) -> Option<&Toolchain> {
        self.toolchain.as_ref().ok()
    }

    /// The setup, if there is a compiler.
    pub fn setup(&self) -> Option<&Setup> {
        self.setup.as_ref()
    }

    /// Gets everything ready, with as much as is there already; `say` is told what takes
    /// time.
    pub fn ready(
        &self,
        wants_all: bool,
        listener: Box<dyn Listener>,
        say: &mut dyn FnMut(String),
    ) -> Result<Ready, NotReady> {
        let toolchain = self.toolchain.as_ref().map_err(NotReady::from)?;
        let Some(setup) = &self.setup else {
            return Err(NotReady { message: "there is no compiler".to_owned(), hint: None });
        };
        setup.sweep();
        let in_use = setup.hold().map_err(|error| NotReady::from(&error))?;
        let prelude = match (setup.ready(Level::Full), wants_all) {
            (Some(prelude), _) => prelude,
            (None, true) => build(setup, Level::Full, say)?,
            (None, false) => match setup.ready(Level::Base) {
                Some(prelude) => prelude,
                None => build(setup, Level::Base, say)?,
            },
        };
        let world = World::open(&prelude.dylib, listener)
            .map_err(|message| NotReady { message, hint: None })?;
        let kit = Kit::of(toolchain, &prelude);
        let compiler = Compiler::new(kit, &setup.cells())
            .map_err(|error| NotReady { message: error.to_string(), hint: None })?;
        Ok(Ready { world, compiler, level: prelude.level, _in_use: in_use })
    }

    /// Gets hold of the crates that a cell asks for.
    pub fn dependencies(
        &self,
        wanted: &BTreeMap<String, String>,
        say: &mut dyn FnMut(String),
    ) -> Result<Extras, NotReady> {
        let Some(setup) = &self.setup else {
            return Err(NotReady { message: "there is no compiler".to_owned(), hint: None });
        };
        let mut told = None::<Instant>;
        let found = setup.dependencies(wanted, &mut |progress| {
            if told.is_none() {
                let names: Vec<&str> = wanted.keys().map(String::as_str).collect();
                say(format!("Building {}; this happens once.\n", names.join(", ")));
            }
            if told.is_none_or(|told| told.elapsed().as_secs() >= 2) {
                told = Some(Instant::now());
                say(format!("  {} of {}: {}\n", progress.done, progress.total, progress.name));
            }
        });
        let found = found.map_err(|error| NotReady::from(&error))?;
        Ok(found.into())
    }

    /// Builds the rest while nobody waits for it.
    pub fn build_the_rest(&self) {
        let Some(setup) = &self.setup else { return };
        if self.background.swap(true, Ordering::Relaxed) || setup.ready(Level::Full).is_some() {
            return;
        }
        // Cells that are stopped don't stop it.
        let setup = setup.stopped_by(&Arc::default());
        let build = move || {
            lower_priority();
            // Who needs it is told why it isn't there.
            let _ = setup.build(Level::Full, &mut |_| ());
        };
        let _ = std::thread::Builder::new().name("flownote-setup".to_owned()).spawn(build);
    }
}

fn build(setup: &Setup, level: Level, say: &mut dyn FnMut(String)) -> Result<Prelude, NotReady> {
    let what = match level {
        Level::Base => "what Rust cells need",
        Level::Full => "what Rust cells need, with arrow, rayon and models",
    };
    say(format!("Building {what}; this happens once.\n"));
    let mut told = Instant::now();
    let built = setup.build(level, &mut |progress| {
        if told.elapsed().as_secs() >= 2 {
            told = Instant::now();
            say(format!("  {} of {}: {}\n", progress.done, progress.total, progress.name));
        }
    });
    built.map_err(|error| NotReady::from(&error))
}

/// Lets others go first: this thread, and what it starts.
fn lower_priority() {
    // SAFETY: it changes this thread's priority; when it can't, nothing is lost.
    unsafe { nix::libc::setpriority(nix::libc::PRIO_PROCESS, 0, 15) };
}
