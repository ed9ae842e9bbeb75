//! What only the whole shows. The tests stand in `tests/tests/` (Rust: one binary per
//! subject), `tests/*.py` (pytest, over the installed wheel) and `tests/bench/`.
//!
//! **Invariant:** nothing depends on this crate.
