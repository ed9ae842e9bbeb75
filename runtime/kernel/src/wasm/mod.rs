//! WASM functions over columns: compiled, checked, bounded and called.
//!
//! [`compile`] turns a cell's text into a [`Module`], whose [`Function`]s are called with
//! Arrow columns. What a cell says about itself (functions, limits, nulls) is
//! [`flownote_notebook::wasm`]'s business; what a guest sees is specified here.
//!
//! # What a guest sees
//!
//! Nothing of the outside: a module that imports anything is refused. Each call has a
//! fresh instance, so that a result depends on nothing but the module and the columns.
//!
//! *Scalar* functions are called once for each row. `bool`, `i8` … `u32` are passed as
//! `i32`, `i64` and `u64` as `i64`; the lowest bits of what comes back count.
//!
//! *Column* functions are called with `(rows: i32, input…: i32, output: i32) -> i32`. The
//! pointers name columns in the exported `memory`, little endian, a `bool` a byte; the
//! function fills `rows` of the output and returns 0, or another number, which is an
//! error. With `nulls: guest` each pointer is followed by another: a byte for each row,
//! 0 where it is null. The output's bytes are 1 when the function starts.
//!
//! Columns are placed in pages added to the memory, beyond the guest's data, stack and
//! `__heap_base`; where the module forbids growth, between `__heap_base` and the end. A
//! guest with an allocator of its own exports `flownote_alloc(bytes: i32) -> i32`, and
//! columns are placed where it says. `_initialize` is called first, if it is exported.
//!
//! **Invariant:** nothing that a guest does, or returns, harms the host: memory, tables,
//! stack and time are bounded, and no pointer of a guest's is believed.

mod buffers;
mod call;
mod check;
mod columns;
mod engine;
mod error;
mod fault;
mod function;
mod instance;
mod module;
mod nulls;
mod recent;
mod rows;
mod source;
mod stored;
mod ticker;

pub use columns::data_type;
pub use engine::Engine;
pub use error::{Error, Result};
pub use fault::{Place, Trap};
pub use flownote_notebook::wasm::{Abi, Element, Input, Limits, Nulls, Rows, Signature};
pub use function::{Argument, Function, Interrupt};
pub use module::{Module, Options, compile};
pub use source::mistakes;
pub use stored::{CODEC, Stored, TYPE_NAME};
