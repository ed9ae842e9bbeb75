//! Calling a function of columns: as many rows at a time as fit the processor's cache.

use arrow::buffer::NullBuffer;
use flownote_notebook::wasm::{Abi, Nulls, Rows, Signature};
use wasmtime::{Func, Val};

use super::buffers;
use super::columns;
use super::error::{Error, Result};
use super::function::{Argument, Function};
use super::instance::{Bounds, Running};
use super::rows;

/// How many bytes of columns a guest is given at a time, if they may be split: they stay
/// in the second cache, and no new pages are touched.
const PORTION: usize = 512 << 10;

/// What a guest computed: `rows` values of the output's width.
pub(super) struct Values {
    pub bytes: Vec<u8>,
    pub nulls: Option<NullBuffer>,
    /// Whether the columns were split.
    pub split: bool,
}

/// Calls a function with arguments of the signature's types, at least one row.
pub(super) fn run(
    function: &Function,
    arguments: &[Argument],
    rows: usize,
    bounds: &Bounds,
) -> Result<Values> {
    let mut running = function.start(bounds)?;
    let name = &function.signature().name;
    let export = running.instance.get_func(&mut running.store, name);
    let export = export.ok_or_else(|| Error::Invalid { reason: format!("it has no `{name}`") })?;
    match function.signature().abi {
        Abi::Scalar => {
            let bytes = rows::run(&mut running, export, function.signature(), arguments, rows)?;
            Ok(Values { bytes, nulls: None, split: false })
        }
        Abi::Column => Call::prepare(&mut running, function, rows)?.all(export, arguments, rows),
    }
}

/// Buffers in a guest, and the rows that they hold.
struct Call<'a, 'b> {
    running: &'a mut Running<'b>,
    signature: &'a Signature,
    masks: bool,
    /// How many rows fit at a time.
    portion: usize,
    /// Where the inputs and, last, the output are, each followed by its mask.
    places: Vec<usize>,
}

impl<'a, 'b> Call<'a, 'b> {
    fn prepare(running: &'a mut Running<'b>, function: &'a Function, rows: usize) -> Result<Self> {
        let signature = function.signature();
        let masks = function.nulls() == Nulls::Guest;
        let mut widths = Vec::new();
        let inputs = signature.inputs.iter().map(|input| input.element);
        for element in inputs.chain([signature.output]) {
            widths.push(element.width());
            if masks {
                widths.push(1);
            }
        }
        let portion = match function.rows() {
            Rows::Whole => rows,
            Rows::Each => {
                let row: usize = widths.iter().sum();
                // Buffers are aligned, which may take some more.
                let room = buffers::room(running)?.saturating_sub(64 * widths.len());
                rows.min(PORTION / row).min(room / row).max(1)
            }
        };
        let sizes: Vec<usize> = widths.iter().map(|width| width * portion).collect();
        let places = buffers::place(running, &sizes)?;
        Ok(Self { running, signature, masks, portion, places })
    }

    fn all(mut self, export: Func, arguments: &[Argument], rows: usize) -> Result<Values> {
        let width = self.signature.output.width();
        let mut bytes = Vec::with_capacity(rows * width);
        let mut valid = Vec::with_capacity(if self.masks { rows } else { 0 });
        let mut first = 0;
        while first < rows {
            let count = self.portion.min(rows - first);
            self.give(arguments, first, count)?;
            self.call(export, count)?;
            let output = self.places.len() - if self.masks { 2 } else { 1 };
            bytes.extend_from_slice(self.at(output, count * width)?);
            if self.masks {
                valid.extend_from_slice(self.at(output + 1, count)?);
            }
            first += count;
        }
        let nulls = if self.masks { columns::nulls_of(&valid) } else { None };
        Ok(Values { bytes, nulls, split: self.portion < rows })
    }

    /// Writes rows of the inputs, and makes the output what a guest may rely on: zeros,
    /// none of them null.
    fn give(&mut self, arguments: &[Argument], first: usize, count: usize) -> Result<()> {
        let signature = self.signature;
        let step = if self.masks { 2 } else { 1 };
        for (index, (argument, input)) in arguments.iter().zip(&signature.inputs).enumerate() {
            let (place, width) = (index * step, input.element.width());
            let to = self.at(place, count * width)?;
            match argument {
                Argument::Column(column) => columns::write(column, first, width, to),
                Argument::Constant(value) => {
                    columns::write(value, 0, width, &mut to[..width]);
                    repeat(to, width);
                }
            }
            if self.masks {
                let to = self.at(place + 1, count)?;
                match argument {
                    Argument::Column(column) => columns::write_validity(column, first, to),
                    Argument::Constant(value) => to.fill(u8::from(value.is_valid(0))),
                }
            }
        }
        let output = arguments.len() * step;
        self.at(output, count * signature.output.width())?.fill(0);
        if self.masks {
            self.at(output + 1, count)?.fill(1);
        }
        Ok(())
    }

    fn call(&mut self, export: Func, count: usize) -> Result<()> {
        let too_many = || Error::Invalid { reason: format!("{count} rows are too many") };
        let count = i32::try_from(count).map_err(|_| too_many())?;
        let pointer = |place: &usize| {
            u32::try_from(*place).map(|place| Val::I32(place.cast_signed())).map_err(|_| too_many())
        };
        let mut values = vec![Val::I32(count)];
        values.extend(self.places.iter().map(pointer).collect::<Result<Vec<_>>>()?);
        let mut code = [Val::I32(0)];
        let called = export.call(&mut self.running.store, &values, &mut code);
        called.map_err(|error| self.running.explain(&error))?;
        match code[0] {
            Val::I32(0) => Ok(()),
            Val::I32(code) => Err(self.running.failed(code)),
            _ => Err(Error::Invalid { reason: "its result changed its type".to_owned() }),
        }
    }

    /// The first bytes of a buffer. The memory never shrinks, so they are there.
    fn at(&mut self, place: usize, bytes: usize) -> Result<&mut [u8]> {
        let start = self.places[place];
        let memory = self.running.memory()?;
        let data = memory.data_mut(&mut self.running.store);
        data.get_mut(start..start + bytes)
            .ok_or_else(|| Error::Host { reason: "a guest's memory shrank".to_owned() })
    }
}

/// Fills a slice with its own first bytes, again and again.
fn repeat(bytes: &mut [u8], width: usize) {
    let mut filled = width;
    while filled < bytes.len() {
        let more = filled.min(bytes.len() - filled);
        bytes.copy_within(..more, filled);
        filled += more;
    }
}
