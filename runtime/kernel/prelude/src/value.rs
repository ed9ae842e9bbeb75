//! Values by handle: what cells exported and what the host gave, each with what is known of
//! its type.
//!
//! A handle is a number that is given once. Values live on the cells' own thread; none is
//! dropped with the process, whose libraries may be gone by then.

use std::alloc::Layout;
use std::any::{Any, TypeId};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::mem::ManuallyDrop;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use crate::codec::Encoding;
use crate::error::Result;
use crate::panics;

/// The forms that a value can leave Rust in; numbers as the host knows them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Form {
    /// Record batches.
    Arrow = 0,
    /// NumPy's file format.
    Npy = 1,
    /// SciPy's compressed rows.
    Csr = 2,
    /// JSON.
    Json = 3,
    /// Text.
    Utf8 = 4,
    /// Bytes.
    Bytes = 5,
    /// None: it stays here.
    Opaque = 6,
    /// A model of `flownote_models`.
    Model = 7,
}

impl Form {
    /// Its name, which is the codec's.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Arrow => "arrow",
            Self::Npy => "npy",
            Self::Csr => "csr",
            Self::Json => "json",
            Self::Utf8 => "utf8",
            Self::Bytes => "bytes",
            Self::Opaque => "opaque",
            Self::Model => "model",
        }
    }
}

/// What is known of a type, found out where it is known: in the cell's own crate.
pub struct Kind {
    /// The form it leaves Rust in.
    pub form: Form,
    /// Whether a value decoded from that form is of this type again.
    pub restores: bool,
    /// Whether it is copied freely.
    pub copy: bool,
    /// Encodes a value of the type.
    pub encode: fn(&dyn Any) -> Result<Encoding>,
    /// A few words on a value of the type.
    pub summary: fn(&dyn Any) -> Option<String>,
}

/// One value.
pub(crate) struct Value {
    pub data: Box<dyn Any>,
    pub type_name: &'static str,
    pub layout: Layout,
    /// The crate of the cell's lines, whose types have no name elsewhere; empty for what the
    /// host gave.
    pub body: &'static str,
    /// Whether the host gave it, rather than a cell.
    pub given: bool,
    pub kind: Kind,
    /// What it was read as besides, each of which stays as long as the value does.
    decoded: RefCell<Vec<Decoded>>,
}

/// What a value was read as.
struct Decoded {
    data: Rc<dyn Any>,
    type_name: &'static str,
    layout: Layout,
}

/// Whether what is there is a `T`. A type whose fields changed can have the id of the one
/// before, when both were compiled under one crate's name: name and layout are compared, too.
fn is<T: 'static>(there: &dyn Any, type_name: &str, layout: Layout) -> bool {
    there.type_id() == TypeId::of::<T>()
        && type_name == std::any::type_name::<T>()
        && layout == Layout::new::<T>()
}

impl Value {
    pub(crate) fn new<T: 'static>(value: T, kind: Kind, body: &'static str, given: bool) -> Self {
        Self {
            data: Box::new(value),
            type_name: std::any::type_name::<T>(),
            layout: Layout::new::<T>(),
            body,
            given,
            kind,
            decoded: RefCell::default(),
        }
    }

    /// The value, if it is a `T`.
    pub(crate) fn get<T: 'static>(&self) -> Option<&T> {
        let same = is::<T>(&*self.data, self.type_name, self.layout);
        if same { self.data.downcast_ref() } else { None }
    }

    /// The value as it was read as a `T` before.
    pub(crate) fn decoded<T: 'static>(&self) -> Option<&T> {
        let all = self.decoded.borrow();
        let one = all.iter().find(|one| is::<T>(&*one.data, one.type_name, one.layout))?;
        let found: *const T = one.data.downcast_ref()?;
        // SAFETY: they are only ever added, and dropped with `self`.
        Some(unsafe { &*found })
    }

    /// Keeps what the value was read as.
    pub(crate) fn remember<T: 'static>(&self, made: T) -> &T {
        let made = Rc::new(made);
        let found: *const T = &raw const *made;
        self.decoded.borrow_mut().push(Decoded {
            data: made,
            type_name: std::any::type_name::<T>(),
            layout: Layout::new::<T>(),
        });
        // SAFETY: as in `decoded`.
        unsafe { &*found }
    }
}

thread_local! {
    static VALUES: ManuallyDrop<RefCell<HashMap<u64, Rc<Value>>>> =
        ManuallyDrop::new(RefCell::new(HashMap::new()));
    static NEXT: Cell<u64> = const { Cell::new(1) };
}

/// Keeps a value; gives its handle.
pub(crate) fn keep(value: Value) -> u64 {
    let handle = NEXT.get();
    NEXT.set(handle + 1);
    VALUES.with(|values| values.borrow_mut().insert(handle, Rc::new(value)));
    handle
}

/// The value of a handle.
pub(crate) fn get(handle: u64) -> Option<Rc<Value>> {
    VALUES.with(|values| values.borrow().get(&handle).cloned())
}

/// Forgets a value. It is dropped when the table can be used again: a value may hold others.
pub(crate) fn forget(handle: u64) {
    let value = VALUES.with(|values| values.borrow_mut().remove(&handle));
    drop(value);
}

/// Forgets a value in a place that mustn't be left by a panic: its drop is the user's code.
pub(crate) fn forget_guarded(handle: u64) {
    guard(|| forget(handle));
}

/// Drops values of the user's; a panic is said, and goes no further.
pub(crate) fn guard(drops: impl FnOnce()) {
    if let Err(payload) = catch_unwind(AssertUnwindSafe(drops)) {
        eprintln!("a value panicked when it was dropped: {}", panics::error(payload).message());
    }
}
