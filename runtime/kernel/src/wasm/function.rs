//! Functions: called with columns, giving a column.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use arrow::array::{Array, ArrayRef};
use flownote_notebook::wasm::{Abi, Limits, Nulls, Rows, Signature};

use super::call::{self, Values};
use super::check;
use super::columns;
use super::engine::Engine;
use super::error::{Error, Result};
use super::instance::{Bounds, Running};
use super::module::Compiled;
use super::nulls::{self, Found};

/// Asked now and then while a guest runs, on the caller's thread: whether to stop it.
pub type Interrupt = Arc<dyn Fn() -> bool + Send + Sync>;

/// What a function is given for one of its inputs.
#[derive(Clone, Debug)]
pub enum Argument {
    /// A value for each row.
    Column(ArrayRef),
    /// One value for all rows: an array with one element.
    Constant(ArrayRef),
}

impl Argument {
    /// The array that holds its values.
    pub(super) fn array(&self) -> &ArrayRef {
        match self {
            Self::Column(array) | Self::Constant(array) => array,
        }
    }
}

/// One exported function of a module. Cheap to clone; calls may run at the same time, each
/// in an instance of its own.
#[derive(Clone)]
pub struct Function {
    engine: Engine,
    compiled: Arc<Compiled>,
    signature: Signature,
    settings: (Limits, Nulls, Rows),
    /// Whether splitting columns was seen to change nothing.
    splits: Arc<AtomicBool>,
}

/// How many rows show whether a function minds that its columns are split.
const PROBE: usize = 256;

impl Function {
    pub(super) fn new(
        engine: &Engine,
        compiled: Arc<Compiled>,
        signature: Signature,
        settings: (Limits, Nulls, Rows),
    ) -> Result<Self> {
        check::function(&compiled.module, &signature, settings)?;
        let splits = Arc::new(AtomicBool::new(signature.abi == Abi::Scalar));
        Ok(Self { engine: engine.clone(), compiled, signature, settings, splits })
    }

    /// What it takes and gives.
    pub fn signature(&self) -> &Signature {
        &self.signature
    }

    /// What a call may use.
    pub fn limits(&self) -> &Limits {
        &self.settings.0
    }

    /// Who minds nulls.
    pub fn nulls(&self) -> Nulls {
        self.settings.1
    }

    /// Which rows a result's row may depend on.
    pub fn rows(&self) -> Rows {
        self.settings.2
    }

    /// The module's binary.
    pub fn binary(&self) -> &Arc<[u8]> {
        &self.compiled.binary
    }

    /// Calls it with columns of one length.
    pub fn call(&self, columns: &[ArrayRef]) -> Result<ArrayRef> {
        let arguments: Vec<Argument> = columns.iter().cloned().map(Argument::Column).collect();
        self.call_with(&arguments, None)
    }

    /// Calls it with columns and constants; with constants alone, once, for one row.
    pub fn call_with(
        &self,
        arguments: &[Argument],
        interrupt: Option<Interrupt>,
    ) -> Result<ArrayRef> {
        let rows = self.count_rows(arguments)?;
        self.run(arguments, rows, interrupt)
    }

    /// Calls it with a part of a table: `rows` rows, of which there may be more before and
    /// after. For functions whose rows don't depend on one another.
    pub fn call_batch(
        &self,
        arguments: &[Argument],
        rows: usize,
        interrupt: Option<Interrupt>,
    ) -> Result<ArrayRef> {
        self.refuse_parts()?;
        let found = self.count_rows(arguments)?;
        let columns = arguments.iter().any(|argument| matches!(argument, Argument::Column(_)));
        if columns && found != rows {
            return Err(self.length(rows, 0, found));
        }
        self.run(arguments, rows, interrupt.clone())
            .and_then(|result| self.probe(arguments, rows, interrupt).map(|()| result))
    }

    /// Fails for a function that must see its columns whole.
    pub fn refuse_parts(&self) -> Result<()> {
        match self.rows() {
            Rows::Each => Ok(()),
            Rows::Whole => Err(Error::NeedsWhole { function: self.signature.name.clone() }),
        }
    }

    /// Makes an instance and drops it: whether the module can start within its limits.
    pub(super) fn try_to_start(&self) -> Result<()> {
        let bounds = Bounds::from_now(*self.limits(), None);
        self.start(&bounds).map(drop)
    }

    pub(super) fn start(&self, bounds: &Bounds) -> Result<Running<'_>> {
        Running::start(&self.engine, &self.compiled, &self.signature.name, bounds)
    }

    fn run(
        &self,
        arguments: &[Argument],
        rows: usize,
        interrupt: Option<Interrupt>,
    ) -> Result<ArrayRef> {
        let arguments = self.convert(arguments)?;
        let element = self.signature.output;
        let found = match self.nulls() {
            Nulls::Host => nulls::find(&arguments),
            Nulls::Guest => Found::None,
        };
        let bounds = Bounds::from_now(*self.limits(), interrupt.clone());
        match found {
            _ if rows == 0 => columns::read(element, 0, Vec::new(), None),
            Found::All => Ok(columns::all_null(element, rows)),
            Found::None => {
                let values = call::run(self, &arguments, rows, &bounds)?;
                self.probe_if_split(&values, &arguments, rows, interrupt)?;
                columns::read(element, rows, values.bytes, values.nulls)
            }
            Found::Some(present) => {
                let kept = present.keep(&arguments)?;
                let values = call::run(self, &kept, present.count(), &bounds)?;
                self.probe_if_split(&values, &kept, present.count(), interrupt)?;
                let bytes = present.spread(&values.bytes, element.width());
                columns::read(element, rows, bytes, Some(present.nulls()))
            }
        }
    }

    fn probe_if_split(
        &self,
        values: &Values,
        arguments: &[Argument],
        rows: usize,
        interrupt: Option<Interrupt>,
    ) -> Result<()> {
        if values.split { self.probe(arguments, rows, interrupt) } else { Ok(()) }
    }

    /// Fails if the function gives other results for the first rows when they are split:
    /// a sum or a mean would silently be one of each part. Looked at once; it proves
    /// nothing, and catches what users do by mistake.
    fn probe(
        &self,
        arguments: &[Argument],
        rows: usize,
        interrupt: Option<Interrupt>,
    ) -> Result<()> {
        let rows = rows.min(PROBE);
        if rows < 2 || self.splits.load(Ordering::Relaxed) {
            return Ok(());
        }
        let arguments = self.convert(arguments)?;
        let bounds = Bounds::from_now(*self.limits(), interrupt);
        let part = |first: usize, rows: usize| {
            let slice = |argument: &Argument| match argument {
                Argument::Column(column) => Argument::Column(column.slice(first, rows)),
                Argument::Constant(value) => Argument::Constant(value.clone()),
            };
            let arguments: Vec<Argument> = arguments.iter().map(slice).collect();
            call::run(self, &arguments, rows, &bounds)
        };
        let whole = part(0, rows)?;
        let parts = [part(0, rows / 2)?, part(rows / 2, rows - rows / 2)?];
        if parts.iter().flat_map(|part| &part.bytes).ne(&whole.bytes) {
            return Err(Error::NotByRow { function: self.signature.name.clone() });
        }
        self.splits.store(true, Ordering::Relaxed);
        Ok(())
    }

    fn convert(&self, arguments: &[Argument]) -> Result<Vec<Argument>> {
        let name = &self.signature.name;
        let convert = |(argument, input): (&Argument, _)| {
            let array = columns::convert(argument.array(), input, name)?;
            Ok(match argument {
                Argument::Column(_) => Argument::Column(array),
                Argument::Constant(_) => Argument::Constant(array),
            })
        };
        arguments.iter().zip(&self.signature.inputs).map(convert).collect()
    }

    /// The number of rows of the arguments, which fit the signature in number and agree
    /// in length.
    fn count_rows(&self, arguments: &[Argument]) -> Result<usize> {
        let expected = self.signature.inputs.len();
        if arguments.len() != expected {
            let (signature, given) = (self.signature.clone(), arguments.len());
            return Err(Error::Count { signature, expected, given });
        }
        let mut rows = None;
        for (index, argument) in arguments.iter().enumerate() {
            let length = argument.array().len();
            let expected = match argument {
                Argument::Column(_) => *rows.get_or_insert(length),
                Argument::Constant(_) => 1,
            };
            if length != expected {
                return Err(self.length(expected, index, length));
            }
        }
        Ok(rows.unwrap_or(1))
    }

    fn length(&self, rows: usize, index: usize, other: usize) -> Error {
        let function = self.signature.name.clone();
        Error::Length { function, rows, input: self.signature.inputs[index].name.clone(), other }
    }
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Function({})", self.signature)
    }
}
