//! The error of a cell: what went wrong, and in which line.

use std::any::TypeId;
use std::error::Error as StdError;
use std::fmt;
use std::marker::PhantomData;
use std::panic::Location;

use serde_json::{Value as Json, json};

use crate::names;

/// The error that ends a cell. Whatever can be printed becomes one with `?`: errors of any
/// crate, a text, a `Box<dyn Error>`, and it remembers the line where that happened.
///
/// It deliberately isn't a [`std::error::Error`] itself: otherwise `?` couldn't take all
/// those.
///
/// ```ignore
/// let price: f64 = text.parse()?;
/// let first = prices.first().ok_or("there are no prices")?;
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    name: String,
    message: String,
    hint: Option<String>,
    notes: Vec<String>,
    place: Place,
    interrupted: bool,
}

/// The result of a cell, and of what may end one: `Result<T>`.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A line of a file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Place {
    pub file: String,
    pub line: u32,
    pub column: u32,
}

impl From<&Location<'_>> for Place {
    fn from(place: &Location<'_>) -> Self {
        Self { file: place.file().to_owned(), line: place.line(), column: place.column() }
    }
}

impl Error {
    /// An error that says `message`.
    #[track_caller]
    pub fn new(message: impl fmt::Display) -> Self {
        Self::named("Error", message.to_string(), Location::caller().into())
    }

    /// Adds what the user can do about it.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// What went wrong.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// What can be done about it.
    pub fn hint(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }

    /// The user stopped the cell.
    #[track_caller]
    pub(crate) fn stopped() -> Self {
        let message = "the cell was interrupted".to_owned();
        let mut error = Self::named("Interrupted", message, Location::caller().into());
        error.0.interrupted = true;
        error
    }

    /// An error of a kind, made somewhere.
    pub(crate) fn named(name: &str, message: String, place: Place) -> Self {
        let name = name.to_owned();
        Self(Box::new(Inner {
            name,
            message,
            hint: None,
            notes: Vec::new(),
            place,
            interrupted: false,
        }))
    }

    pub(crate) fn with_notes(mut self, notes: Vec<String>) -> Self {
        self.0.notes = notes;
        self
    }

    pub(crate) fn is_interrupt(&self) -> bool {
        self.0.interrupted
    }

    /// For the host.
    pub(crate) fn to_json(&self) -> Json {
        let inner = &self.0;
        let mut json = json!({
            "name": inner.name, "message": inner.message, "file": inner.place.file,
            "line": inner.place.line, "column": inner.place.column, "notes": inner.notes,
        });
        if let Some(hint) = &inner.hint {
            json["hint"] = hint.as_str().into();
        }
        json
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.message)
    }
}

impl<E: fmt::Display> From<E> for Error {
    #[track_caller]
    fn from(error: E) -> Self {
        let name = names::short(std::any::type_name::<E>());
        let name = match name.as_str() {
            "&str" | "String" => "Error".to_owned(),
            boxed if boxed.starts_with("Box<dyn") => "Error".to_owned(),
            other => other.to_owned(),
        };
        // Some print what lies beneath on demand.
        let whole = Self::named(&name, format!("{error:#}"), Location::caller().into());
        #[cfg(feature = "full")]
        let whole = of_model(whole, &error);
        whole.with_notes(causes(&error))
    }
}

/// With what a model's error says besides its message.
#[cfg(feature = "full")]
fn of_model<E>(mut whole: Error, error: &E) -> Error {
    use flownote_models::ModelError;
    if type_id::<E>() == TypeId::of::<ModelError>() {
        // SAFETY: it is that type; it is borrowed no longer than `error` is.
        let error: &ModelError = unsafe { &*std::ptr::from_ref(error).cast() };
        whole.0.hint = crate::models::hint(error);
        whole.0.interrupted = matches!(error, ModelError::Cancelled);
    }
    whole
}

/// The errors beneath a boxed one.
fn causes<E>(error: &E) -> Vec<String> {
    type Plain = Box<dyn StdError>;
    type Shared = Box<dyn StdError + Send + Sync>;
    let kind = type_id::<E>();
    let pointer = std::ptr::from_ref(error);
    let mut source = if kind == TypeId::of::<Plain>() {
        // SAFETY: it is that type; it is borrowed no longer than `error` is.
        unsafe { &*pointer.cast::<Plain>() }.source()
    } else if kind == TypeId::of::<Shared>() {
        // SAFETY: as above.
        unsafe { &*pointer.cast::<Shared>() }.source()
    } else {
        None
    };
    let mut found = Vec::new();
    while let Some(error) = source {
        found.push(format!("caused by: {error}"));
        source = error.source();
    }
    found
}

/// The id of a type, with lifetimes left out: of a type that needn't live for ever.
fn type_id<T>() -> TypeId {
    trait Known {
        fn id(&self) -> TypeId
        where
            Self: 'static;
    }
    impl<T> Known for PhantomData<T> {
        fn id(&self) -> TypeId
        where
            Self: 'static,
        {
            TypeId::of::<T>()
        }
    }
    let phantom = PhantomData::<T>;
    let known: &dyn Known = &phantom;
    // SAFETY: lifetimes don't exist when the program runs; the method reads nothing of them.
    let known: &(dyn Known + 'static) = unsafe { std::mem::transmute(known) };
    known.id()
}

/// Ends the cell with an error: `bail!("no rows for {user}")`.
#[macro_export]
macro_rules! bail {
    ($($text:tt)+) => {
        return ::core::result::Result::Err(::core::convert::From::from(::std::format!($($text)+)))
    };
}

/// Ends the cell with an error unless something is true:
/// `ensure!(n > 0, "{n} rows are too few")`.
#[macro_export]
macro_rules! ensure {
    ($condition:expr $(,)?) => {
        $crate::ensure!($condition, "{} is not so", ::core::stringify!($condition))
    };
    ($condition:expr, $($text:tt)+) => {
        if !$condition {
            $crate::bail!($($text)+);
        }
    };
}
