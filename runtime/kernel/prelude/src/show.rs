//! What cells show: the value of the last line, and what [`display`] is called with.

use std::fmt::{self, Write as _};

use serde_json::{Map, Value as Json, json};

use crate::array::{Array, Element};
use crate::bytes::Bytes;
use crate::csr::Csr;
use crate::error::{Error, Result};
use crate::frame::Frame;
use crate::{cell, host, names};

/// Characters and lines of a value's `Debug` form that are shown.
const CHARACTERS: usize = 20_000;
const LINES: usize = 100;

/// Up to this length a value is shown on one line.
const ONE_LINE: usize = 100;

/// What has a form of its own to be shown in. Implemented by a type of yours, it says how a
/// cell shows it:
///
/// ```ignore
/// impl Show for Tree {
///     fn show(&self) -> Bundle {
///         Bundle::html(self.to_svg()).and("text/plain", format!("a tree of {}", self.len()))
///     }
/// }
/// ```
pub trait Show {
    /// The value in one or several forms.
    fn show(&self) -> Bundle;
}

/// One value in several forms; whoever shows it takes the richest that it can.
#[derive(Clone, Debug, Default)]
pub struct Bundle {
    data: Map<String, Json>,
    metadata: Map<String, Json>,
    /// The table that this is the beginning of.
    table: Option<Frame>,
}

impl Bundle {
    /// A value in one form: a MIME type, and its text, or JSON for types of JSON.
    pub fn new(mime: &str, data: impl Into<Json>) -> Self {
        Self::default().and(mime, data)
    }

    /// Plain text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::new("text/plain", text.into())
    }

    /// HTML.
    pub fn html(html: impl Into<String>) -> Self {
        Self::new("text/html", html.into())
    }

    /// Adds another form.
    #[must_use]
    pub fn and(mut self, mime: &str, data: impl Into<Json>) -> Self {
        self.data.insert(mime.to_owned(), data.into());
        self
    }

    /// Tells the renderer of a form something: `.with("image/png", json!({"width": 300}))`.
    #[must_use]
    pub fn with(mut self, mime: &str, metadata: impl Into<Json>) -> Self {
        self.metadata.insert(mime.to_owned(), metadata.into());
        self
    }

    /// What is shown is the beginning of a table, all of whose rows can be asked for.
    pub(crate) fn begins(mut self, table: &Frame) -> Self {
        self.table = Some(table.clone());
        self
    }

    fn output(&self, kind: &str) -> Json {
        let mut metadata = self.metadata.clone();
        if let Some(table) = &self.table
            && let Some(name) = cell::keep_shown(table)
        {
            let (rows, columns) = table.shape();
            let table = json!({"name": name, "rows": rows, "columns": columns});
            metadata.insert("flownote".to_owned(), json!({ "table": table }));
        }
        json!({"kind": kind, "data": self.data, "metadata": metadata})
    }
}

/// Shows a value now, in the middle of a cell.
///
/// ```ignore
/// display(&frame);
/// display(&Html(format!("<b>{mean:.3}</b>")));
/// ```
pub fn display<T: Show + ?Sized>(value: &T) {
    host::output(&value.show().output("display"));
}

/// Shows the value of a cell's last line.
#[doc(hidden)]
pub fn result(bundle: Option<Bundle>) {
    if let Some(bundle) = bundle {
        host::output(&bundle.output("result"));
    }
}

impl<T: Show + ?Sized> Show for &T {
    fn show(&self) -> Bundle {
        (**self).show()
    }
}

impl<T: Show + ?Sized> Show for Box<T> {
    fn show(&self) -> Bundle {
        (**self).show()
    }
}

impl Show for Bundle {
    fn show(&self) -> Bundle {
        self.clone()
    }
}

impl Show for str {
    fn show(&self) -> Bundle {
        Bundle::text(bounded(self.to_owned()))
    }
}

impl Show for String {
    fn show(&self) -> Bundle {
        self.as_str().show()
    }
}

impl<T: Element> Show for Array<T> {
    /// As NumPy prints it: rows on lines, large arrays in part.
    fn show(&self) -> Bundle {
        let width = self.shape().last().copied().unwrap_or(1).max(1);
        let mut text = format!("{}\n", names_of_shape(self));
        for row in self.chunks(width).take(20) {
            let cells: Vec<String> = row.iter().take(12).map(|it| format!("{it:?}")).collect();
            let more = if row.len() > 12 { ", …" } else { "" };
            let _ = writeln!(text, "[{}{more}]", cells.join(", "));
        }
        if self.len() > 20 * width {
            text.push_str("…\n");
        }
        Bundle::text(text.trim_end())
    }
}

fn names_of_shape<T: Element>(array: &Array<T>) -> String {
    let shape: Vec<String> = array.shape().iter().map(ToString::to_string).collect();
    format!("{} {}", shape.join("×"), array.dtype())
}

impl<T: Element> Show for Csr<T> {
    fn show(&self) -> Bundle {
        Bundle::text(format!("{self:?}"))
    }
}

impl Show for Bytes {
    fn show(&self) -> Bundle {
        Bundle::text(format!("{self:?}"))
    }
}

macro_rules! plain {
    ($($type:ty)*) => {$(
        impl Show for $type {
            fn show(&self) -> Bundle {
                Bundle::text(format!("{self:?}"))
            }
        }
    )*};
}

plain!(f64 f32 i128 i64 i32 i16 i8 isize u128 u64 u32 u16 u8 usize bool char);

/// A text with at most so many characters and lines, and a word on what is left out.
pub(crate) fn bounded(text: String) -> String {
    let end = text.floor_char_boundary(CHARACTERS.min(text.len()));
    let end = text[..end].match_indices('\n').nth(LINES).map_or(end, |(at, _)| at);
    if end == text.len() {
        return text;
    }
    let rest = &text[end..];
    let lines = rest.matches('\n').count();
    let left = if lines > 1 { format!("{lines} lines") } else { format!("{} bytes", rest.len()) };
    format!("{}\n… {left} more", &text[..end])
}

/// Takes so much text and then refuses more: a value of millions isn't written for nothing.
struct Bounded {
    text: String,
    limit: usize,
}

impl fmt::Write for Bounded {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = self.limit - self.text.len();
        if text.len() <= room {
            self.text.push_str(text);
            return Ok(());
        }
        self.text.push_str(&text[..text.floor_char_boundary(room)]);
        Err(fmt::Error)
    }
}

fn written(limit: usize, arguments: fmt::Arguments<'_>) -> (String, bool) {
    let mut bounded = Bounded { text: String::new(), limit };
    let whole = bounded.write_fmt(arguments).is_ok();
    (bounded.text, whole)
}

fn debug<T: fmt::Debug + ?Sized>(value: &T) -> Bundle {
    let (line, whole) = written(ONE_LINE, format_args!("{value:?}"));
    if whole && !line.contains('\n') {
        return Bundle::text(line);
    }
    let (text, whole) = written(CHARACTERS, format_args!("{value:#?}"));
    let text = bounded(text);
    Bundle::text(if whole || text.ends_with(" more") { text } else { text + "…" })
}

/// The value of a cell's last line.
pub struct Tail<'a, T: ?Sized>(pub &'a T);

/// A value that may be a `Result`, whose error is the cell's.
pub struct Peel<'a, T: ?Sized>(pub &'a T);

impl<'a, T, E: fmt::Display> Peel<'a, Result<T, E>> {
    /// What is in it.
    ///
    /// # Errors
    /// The error that is in it.
    #[track_caller]
    pub fn peel(&self) -> Result<&'a T> {
        // Made here: the closure of `map_err` has another line.
        match self.0 {
            Ok(value) => Ok(value),
            Err(error) => Err(Error::from(error)),
        }
    }
}

/// Ways to show a value, the best first.
pub mod via {
    use super::*;

    /// What isn't a `Result`, and one whose error is the cell's own.
    pub trait PeelAny<'a, T: ?Sized> {
        /// The value itself.
        ///
        /// # Errors
        /// None.
        fn peel(&self) -> Result<&'a T>;
    }

    impl<'a, T: ?Sized> PeelAny<'a, T> for Peel<'a, T> {
        fn peel(&self) -> Result<&'a T> {
            Ok(self.0)
        }
    }

    /// Nothing.
    pub trait ShowNothing {
        /// No form.
        fn bundle(&self) -> Option<Bundle>;
    }

    impl ShowNothing for &&&&Tail<'_, ()> {
        fn bundle(&self) -> Option<Bundle> {
            None
        }
    }

    /// What has a form of its own.
    pub trait ShowOwn {
        /// That form.
        fn bundle(&self) -> Option<Bundle>;
    }

    impl<T: Show + ?Sized> ShowOwn for &&&Tail<'_, T> {
        fn bundle(&self) -> Option<Bundle> {
            Some(self.0.show())
        }
    }

    /// What programmers print.
    pub trait ShowDebug {
        /// As text.
        fn bundle(&self) -> Option<Bundle>;
    }

    impl<T: fmt::Debug + ?Sized> ShowDebug for &&Tail<'_, T> {
        fn bundle(&self) -> Option<Bundle> {
            Some(debug(self.0))
        }
    }

    /// What users print.
    pub trait ShowDisplay {
        /// As text.
        fn bundle(&self) -> Option<Bundle>;
    }

    impl<T: fmt::Display + ?Sized> ShowDisplay for &Tail<'_, T> {
        fn bundle(&self) -> Option<Bundle> {
            Some(Bundle::text(bounded(written(CHARACTERS, format_args!("{}", self.0)).0)))
        }
    }

    /// What has no form at all.
    pub trait ShowName {
        /// Its type's name.
        fn bundle(&self) -> Option<Bundle>;
    }

    impl<T: ?Sized> ShowName for Tail<'_, T> {
        fn bundle(&self) -> Option<Bundle> {
            Some(Bundle::text(format!("a `{}`", names::short(std::any::type_name::<T>()))))
        }
    }
}

/// Shows the value of a cell's last line: `show!(cell, value)`. It is borrowed.
#[doc(hidden)]
#[macro_export]
macro_rules! show {
    ($cell:expr, $value:expr) => {
        match &($value) {
            value => {
                use $crate::show::via::*;
                match $crate::show::Peel(value).peel() {
                    ::core::result::Result::Ok(value) => {
                        $crate::show::result((&&&&&$crate::show::Tail(value)).bundle());
                    }
                    ::core::result::Result::Err(error) => {
                        return ::core::result::Result::Err(error);
                    }
                }
            }
        }
    };
}
