//! The browser's door: one page with four places, over one datastore.
//!
//! What travels is in [`api`]: plain types whose TypeScript twins are generated
//! (`web/src/api/types.ts`).
//!
//! **Invariant:** HTTP is known here and nowhere else, and nothing is decided here: what
//! runs, caches and kernels do is said by the crates above. Every route but the login
//! denies by default, in the outermost layer.

pub mod api;
