//! Has rustc look at the Rust cells of a notebook, from top to bottom, without running any.
//!
//! A cell is taken apart and put together as when it runs; what stands above it is in sight by
//! its text. Of the values that it reads, those of Rust cells have the type that the compiler
//! finds for them, those of other languages the type that they had when they were made last.
//! A cell that reads what nobody knows yet isn't looked at, and says so.

mod error;
mod mistakes;
mod types;
mod walk;

use std::collections::BTreeMap;

use flownote_notebook::places::Mistake;
use flownote_notebook::session::CellLinks;
use flownote_notebook::{CellId, Document};

pub use error::CheckError;

use super::compile::Compiler;
use super::kit::Kit;
use super::setup::{Level, Setup};
use super::toolchain::Toolchain;
use super::unused::InUse;

/// What checks cells.
#[derive(Debug)]
pub struct Checker {
    setup: Setup,
    compiler: Compiler,
    level: Level,
    /// Nobody removes the prelude meanwhile.
    _in_use: InUse,
}

impl Checker {
    /// Gets ready with what was built: nothing is built for it.
    ///
    /// # Errors
    /// When there is no compiler, or what all cells need wasn't built.
    pub fn new() -> Result<Self, CheckError> {
        Self::of(Setup::new(Setup::folder(), Toolchain::find()?))
    }

    /// The same, with a setup that may be another than the user's.
    ///
    /// # Errors
    /// As above.
    pub fn of(setup: Setup) -> Result<Self, CheckError> {
        let found = setup.ready(Level::Full).or_else(|| setup.ready(Level::Base));
        let prelude = found.ok_or(CheckError::NotSetUp)?;
        let in_use = setup.hold()?;
        let kit = Kit::of(setup.toolchain(), &prelude);
        // What is made here can't be run: it is kept apart.
        let compiler = Compiler::that_checks(kit, &setup.home().join("checked"))?;
        Ok(Self { level: prelude.level, setup, compiler, _in_use: in_use })
    }

    /// What is wrong with each Rust cell. `links` says which cell makes the names that another
    /// uses, and the types of those that were made.
    ///
    /// # Errors
    /// When the compiler can't be run, or was `stopped`.
    pub fn check(
        &self,
        document: &Document,
        links: &BTreeMap<CellId, CellLinks>,
        stopped: &dyn Fn() -> bool,
    ) -> Result<Vec<(CellId, Vec<Mistake>)>, CheckError> {
        walk::Walk::new(self, document, links, stopped).all()
    }
}
