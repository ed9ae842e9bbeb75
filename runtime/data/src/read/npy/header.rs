//! The header of an `npy` file: a Python dict that says dtype, order and shape.

use super::{WHAT, damaged};
use crate::error::Error;

/// What the bytes after the header are.
#[derive(Debug, PartialEq)]
pub(super) struct Header {
    pub(super) dtype: Dtype,
    pub(super) fortran: bool,
    pub(super) shape: Vec<usize>,
}

/// The type of one item.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Dtype {
    /// `<f8`, `|b1`, `<M8[ns]`, `<U5`: order, kind, size in bytes, unit of time.
    Plain { big: bool, kind: char, size: usize, unit: Option<String> },
    /// Fields one after the other.
    Record { fields: Vec<RecordField>, size: usize },
}

/// One field of a record.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct RecordField {
    pub(super) name: String,
    pub(super) offset: usize,
    pub(super) dtype: Dtype,
}

impl Header {
    /// Reads the header; returns where the items begin, too.
    pub(super) fn read(bytes: &[u8]) -> Result<(Self, usize), Error> {
        let bad = || damaged(WHAT, &"its header is not NumPy's");
        let major =
            *bytes.strip_prefix(b"\x93NUMPY").and_then(|rest| rest.first()).ok_or_else(bad)?;
        let (length, start) = match (major, bytes.get(8..12)) {
            (1, Some(length)) => (usize::from(u16::from_le_bytes([length[0], length[1]])), 10),
            (2.., Some(length)) => {
                (u32::from_le_bytes(length.try_into().expect("four")) as usize, 12)
            }
            _ => return Err(bad()),
        };
        let end = start + length;
        let text = bytes.get(start..end).and_then(|text| std::str::from_utf8(text).ok());
        let literal = text.and_then(|text| Parser { rest: text }.value()).ok_or_else(bad)?;
        let shape = match literal.get("shape") {
            Some(Literal::List(items)) => {
                items.iter().map(Literal::number).collect::<Option<Vec<_>>>().ok_or_else(bad)?
            }
            _ => return Err(bad()),
        };
        let fortran = matches!(literal.get("fortran_order"), Some(Literal::Bool(true)));
        let dtype = literal.get("descr").and_then(Dtype::of).ok_or_else(bad)?;
        Ok((Self { dtype, fortran, shape }, end))
    }
}

impl Dtype {
    /// Bytes of one item.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::Plain { size, .. } | Self::Record { size, .. } => *size,
        }
    }

    fn of(literal: &Literal) -> Option<Self> {
        match literal {
            Literal::Text(text) => Self::plain(text),
            Literal::List(items) => {
                let mut offset = 0;
                let mut fields = Vec::new();
                for item in items {
                    let Literal::List(parts) = item else { return None };
                    let [Literal::Text(name), dtype] = parts.as_slice() else { return None };
                    let dtype = Self::of(dtype)?;
                    let size = dtype.size();
                    // Padding has no name.
                    if !name.is_empty() {
                        fields.push(RecordField { name: name.clone(), offset, dtype });
                    }
                    offset += size;
                }
                Some(Self::Record { fields, size: offset })
            }
            _ => None,
        }
    }

    fn plain(text: &str) -> Option<Self> {
        let mut letters = text.chars();
        let order = letters.next()?;
        let kind = letters.next()?;
        let rest = letters.as_str();
        let (number, unit) = match rest.split_once('[') {
            Some((number, unit)) => (number, Some(unit.trim_end_matches(']').to_owned())),
            None => (rest, None),
        };
        let number: usize = number.parse().ok()?;
        let size = if kind == 'U' { number * 4 } else { number };
        Some(Self::Plain { big: order == '>', kind, size, unit })
    }
}

/// The part of Python's literals that headers use; tuples are lists here.
#[derive(Debug)]
enum Literal {
    Text(String),
    Number(usize),
    Bool(bool),
    List(Vec<Literal>),
    Dict(Vec<(String, Literal)>),
}

impl Literal {
    fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Dict(entries) => entries.iter().find(|(name, _)| name == key).map(|(_, v)| v),
            _ => None,
        }
    }

    fn number(&self) -> Option<usize> {
        if let Self::Number(number) = self { Some(*number) } else { None }
    }
}

struct Parser<'a> {
    rest: &'a str,
}

impl Parser<'_> {
    fn value(&mut self) -> Option<Literal> {
        self.rest = self.rest.trim_start();
        match self.rest.chars().next()? {
            '{' => self.dict(),
            '(' => self.list(')'),
            '[' => self.list(']'),
            quote @ ('\'' | '"') => self.text(quote).map(Literal::Text),
            'T' => self.word("True").map(|()| Literal::Bool(true)),
            'F' => self.word("False").map(|()| Literal::Bool(false)),
            _ => {
                let end = self.rest.find(|c: char| !c.is_ascii_digit())?;
                let number = self.rest[..end].parse().ok()?;
                self.rest = self.rest[end..].trim_start_matches('L');
                Some(Literal::Number(number))
            }
        }
    }

    fn dict(&mut self) -> Option<Literal> {
        self.rest = &self.rest[1..];
        let mut entries = Vec::new();
        loop {
            self.rest = self.rest.trim_start();
            if self.take('}') {
                return Some(Literal::Dict(entries));
            }
            let quote = self.rest.chars().next()?;
            let key = self.text(quote)?;
            self.rest = self.rest.trim_start();
            self.take(':').then_some(())?;
            entries.push((key, self.value()?));
            self.rest = self.rest.trim_start();
            self.take(',');
        }
    }

    fn list(&mut self, close: char) -> Option<Literal> {
        self.rest = &self.rest[1..];
        let mut items = Vec::new();
        loop {
            self.rest = self.rest.trim_start();
            if self.take(close) {
                return Some(Literal::List(items));
            }
            items.push(self.value()?);
            self.rest = self.rest.trim_start();
            self.take(',');
        }
    }

    fn text(&mut self, quote: char) -> Option<String> {
        let inner = self.rest.strip_prefix(quote)?;
        let end = inner.find(quote)?;
        self.rest = &inner[end + quote.len_utf8()..];
        Some(inner[..end].to_owned())
    }

    fn word(&mut self, word: &str) -> Option<()> {
        self.rest = self.rest.strip_prefix(word)?;
        Some(())
    }

    fn take(&mut self, letter: char) -> bool {
        let rest = self.rest.strip_prefix(letter);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }
}
