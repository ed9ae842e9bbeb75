//! `flownote_studio._studio` with nothing but the models in it: the studio's own sources, built
//! without the rest of the studio.
//!
//! **Invariant:** nothing is written here that the studio doesn't have; what is measured is what
//! it ships.

#[path = "../../../../../python/studio/src/models/mod.rs"]
mod models;

use pyo3::prelude::*;

/// The native module of the `flownote_studio` package, as far as `flownote.models` asks for it.
#[pymodule]
mod _studio {
    #[pymodule_export]
    use crate::models::models;
}
