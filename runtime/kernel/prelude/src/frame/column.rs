//! A column: its type, and its memory in one or several pieces.

use std::any::Any;
use std::sync::OnceLock;

use super::data::{Data, Field};

pub(super) struct Column {
    pub field: Field,
    pub chunks: Vec<Data>,
    /// Where each piece begins; as many as there are pieces.
    starts: Vec<usize>,
    /// Numbers joined to one slice: a `Vec` of the column's own type.
    pub joined: OnceLock<Box<dyn Any + Send + Sync>>,
}

impl Column {
    pub fn new(field: Field, chunks: Vec<Data>) -> Self {
        let mut start = 0;
        let mut starts = Vec::with_capacity(chunks.len());
        for chunk in &chunks {
            starts.push(start);
            start += chunk.length;
        }
        Self { field, chunks, starts, joined: OnceLock::new() }
    }

    pub fn name(&self) -> &str {
        &self.field.name
    }

    pub fn len(&self) -> usize {
        self.chunks.iter().map(|chunk| chunk.length).sum()
    }

    /// The piece that holds a row, and the row's place in it.
    pub fn at(&self, row: usize) -> (&Data, usize) {
        if let [chunk] = self.chunks.as_slice() {
            return (chunk, row);
        }
        // Of pieces that begin at one row, all but the last are empty.
        let index = self.starts.partition_point(|start| *start <= row) - 1;
        (&self.chunks[index], row - self.starts[index])
    }

    pub fn starts(&self) -> &[usize] {
        &self.starts
    }

    pub fn is_null(&self, row: usize) -> bool {
        let (chunk, place) = self.at(row);
        chunk.is_null(&self.field.format, place)
    }

    pub fn null_count(&self) -> usize {
        self.chunks.iter().map(|chunk| chunk.count_nulls(&self.field.format)).sum()
    }

    pub fn is_numeric(&self) -> bool {
        matches!(
            self.field.format.as_bytes(),
            [b'c' | b'C' | b's' | b'S' | b'i' | b'I' | b'l' | b'L' | b'e' | b'f' | b'g']
        ) && self.field.dictionary.is_none()
            || self.field.format.starts_with("d:")
    }

    /// The type for people: `f64`, `str`, `timestamp[ns, UTC]`.
    pub fn type_name(&self) -> String {
        type_name(&self.field)
    }
}

fn type_name(field: &Field) -> String {
    if let Some(values) = &field.dictionary {
        return format!("dictionary of {}", type_name(values));
    }
    let unit = |letter: Option<&str>| match letter {
        Some("s") => "s",
        Some("m") => "ms",
        Some("u") => "us",
        _ => "ns",
    };
    let format = field.format.as_str();
    let name = match format {
        "n" => "null",
        "b" => "bool",
        "c" => "i8",
        "C" => "u8",
        "s" => "i16",
        "S" => "u16",
        "i" => "i32",
        "I" => "u32",
        "l" => "i64",
        "L" => "u64",
        "e" => "f16",
        "f" => "f32",
        "g" => "f64",
        "u" | "U" | "vu" => "str",
        "z" | "Z" | "vz" => "bytes",
        "tdD" | "tdm" => "date",
        _ if format.starts_with("tt") => "time",
        _ if format.starts_with("tD") => return format!("duration[{}]", unit(format.get(2..3))),
        _ if format.starts_with("ts") => {
            let zone = format.split_once(':').map(|(_, zone)| zone).filter(|it| !it.is_empty());
            let zone = zone.map(|zone| format!(", {zone}")).unwrap_or_default();
            return format!("timestamp[{}{zone}]", unit(format.get(2..3)));
        }
        _ if format.starts_with("d:") => return format!("decimal({})", &format[2..]),
        _ if format.starts_with("ti") => "interval",
        _ if format.starts_with("w:") => "bytes",
        _ if format.starts_with("+s") => "struct",
        _ if format.starts_with("+m") => "map",
        _ if format.starts_with("+u") => "union",
        _ if format.starts_with('+') => "list",
        other => other,
    };
    name.to_owned()
}
