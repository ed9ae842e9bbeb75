//! What a cell's text says about names: a pure function of (language, source).
//!
//! [`facts`] parses a cell and answers which names it reads, and when; which it defines,
//! changes or deletes; and whether running it does more than define names. Nothing here
//! knows of other cells: [`crate::resolve`] joins the facts of all cells.
//!
//! Facts may say more than what happens (both sides of an `if`), never less, except where
//! Python offers no way to know: [`Facts::coarse`] then says why, and the cell counts as
//! reading everything above it.
mod definition;
pub mod python;
mod report;
pub mod rust;
pub mod sql;
mod wasm;

pub use definition::{
    Alias, Behaviour, Definition, Flow, Flows, Import, Kind, Late, Mutation, Name, Read,
};
pub use report::{Argument, Call, Class, Effect, Facts, SyntaxError};

use crate::Language;

/// Reads a cell.
pub fn facts(language: Language, source: &str) -> Facts {
    match language {
        Language::Python => python::facts(source),
        Language::Sql => sql::facts(source),
        Language::Rust => rust::facts(source),
        Language::Wasm => wasm::facts(source),
        Language::Markdown | Language::Raw => Facts::default(),
    }
}
