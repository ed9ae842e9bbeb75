//! The `csr` and `csc` codecs: three `npy` files one after another (`codecs/sparse.py`). The
//! corner shows zeros where nothing is stored.

use flownote_flow::manifest::ArtifactRecord;
use serde_json::Value;

use super::npy::{self, Element, Header};
use super::{CORNER, Reason, Source};
use crate::api::Preview;

/// Looks into it.
pub fn look(record: &ArtifactRecord, source: &Source) -> Result<Preview, Reason> {
    let wrong = || "its record doesn't say where its parts are".to_owned();
    let numbers = |value: &Value| -> Option<Vec<u64>> {
        value.as_array()?.iter().map(Value::as_u64).collect()
    };
    let shape = record.meta.get("shape").and_then(numbers).ok_or_else(wrong)?;
    let [rows, columns] = shape.as_slice() else { return Err(wrong()) };
    let places = record.meta.get("places").and_then(Value::as_array).ok_or_else(wrong)?;
    let mut parts = Vec::new();
    for place in places {
        let from = numbers(place).and_then(|it| it.first().copied()).ok_or_else(wrong)?;
        parts.push(Part::read(source, from)?);
    }
    let [data, indices, indptr] = parts.as_slice() else { return Err(wrong()) };
    let is_csr = record.codec == "csr";
    let (outer, inner) = if is_csr { (*rows, *columns) } else { (*columns, *rows) };
    let zero = Value::from(0);
    let (high, wide) = (rows.min(&(CORNER as u64)), columns.min(&(CORNER as u64)));
    let mut corner = vec![vec![zero; *wide as usize]; *high as usize];
    for line in 0..outer.min(CORNER as u64) {
        let bound = |at| indptr.at(source, at)?.as_u64().ok_or_else(wrong);
        let (from, to) = (bound(line)?, bound(line + 1)?);
        // Columns needn't be sorted, but a line is rarely long.
        for stored in from..to.min(from + 100_000) {
            let other = indices.at(source, stored)?.as_u64().ok_or_else(wrong)?;
            if other >= inner.min(CORNER as u64) {
                continue;
            }
            let (row, column) = if is_csr { (line, other) } else { (other, line) };
            corner[row as usize][column as usize] = data.at(source, stored)?;
        }
    }
    let dtype = record.meta.get("dtype").and_then(Value::as_str).unwrap_or_default().to_owned();
    Ok(Preview::Array { dtype, shape, corner })
}

struct Part {
    header: Header,
    element: Element,
}

impl Part {
    fn read(source: &Source, from: u64) -> Result<Self, Reason> {
        let header = npy::header(source, from)?;
        let element = Element::parse(&header.descr).ok_or("its numbers are of an unusual type")?;
        Ok(Self { header, element })
    }

    fn at(&self, source: &Source, place: u64) -> Result<Value, Reason> {
        let from = self.header.data + place * self.element.size as u64;
        Ok(self.element.value(&source.at(from, self.element.size)?))
    }
}
