//! The `npy` codec: NumPy's own file format (NEP 1). The header is read, and of the data no
//! more than a corner.

use serde_json::Value;

use super::{CORNER, Reason, Source};
use crate::api::Preview;

/// What the header says.
#[derive(Debug, PartialEq)]
pub struct Header {
    /// `<f8`.
    pub descr: String,
    /// Whether the first index moves fastest.
    pub is_fortran: bool,
    /// The lengths.
    pub shape: Vec<u64>,
    /// Where the data begins.
    pub data: u64,
}

/// Looks into it.
pub fn look(source: &Source) -> Result<Preview, Reason> {
    let header = header(source, 0)?;
    let rank = header.shape.len();
    let (rows, columns) = match rank {
        0 => (1, 1),
        1 => (1, header.shape[0]),
        _ => (header.shape[rank - 2], header.shape[rank - 1]),
    };
    let element = Element::parse(&header.descr);
    let mut corner = Vec::new();
    if let Some(element) = element.filter(|_| header.shape.iter().all(|length| *length > 0)) {
        let strides = strides(&header);
        let (down, right) = match rank {
            0 => (0, 0),
            1 => (0, strides[0]),
            _ => (strides[rank - 2], strides[rank - 1]),
        };
        for row in 0..rows.min(CORNER as u64) {
            let mut cells = Vec::new();
            for column in 0..columns.min(CORNER as u64) {
                let place = (row * down + column * right) * element.size as u64;
                cells.push(element.value(&source.at(header.data + place, element.size)?));
            }
            corner.push(cells);
        }
    }
    Ok(Preview::Array { dtype: named(&header.descr), shape: header.shape, corner })
}

/// Reads the header that begins somewhere.
pub fn header(source: &Source, from: u64) -> Result<Header, Reason> {
    let wrong = || "it isn't a NumPy file".to_owned();
    let magic = source.at(from, 10)?;
    if &magic[..6] != b"\x93NUMPY" {
        return Err(wrong());
    }
    let (length, start) = match magic[6] {
        1 => (u64::from(u16::from_le_bytes([magic[8], magic[9]])), 10),
        _ => {
            let bytes: [u8; 4] = source.at(from + 8, 4)?.try_into().map_err(|_| wrong())?;
            (u64::from(u32::from_le_bytes(bytes)), 12)
        }
    };
    if length > 1 << 20 {
        return Err(wrong());
    }
    let text = source.at(from + start, usize::try_from(length).map_err(|_| wrong())?)?;
    let text = String::from_utf8_lossy(&text);
    let field = |name: &str| {
        let at = text.find(&format!("'{name}':"))? + name.len() + 3;
        Some(text[at..].trim_start())
    };
    let descr = field("descr").ok_or_else(wrong)?;
    let descr = match descr.strip_prefix('\'') {
        Some(rest) => rest.split('\'').next().unwrap_or_default().to_owned(),
        // A structure: its fields.
        None => descr.split(']').next().unwrap_or_default().to_owned() + "]",
    };
    let shape =
        field("shape").and_then(|it| it.strip_prefix('(')?.split(')').next()).ok_or_else(wrong)?;
    let shape = shape.split(',').map(str::trim).filter(|it| !it.is_empty());
    let shape: Option<Vec<u64>> = shape.map(|it| it.parse().ok()).collect();
    Ok(Header {
        descr,
        is_fortran: field("fortran_order").is_some_and(|it| it.starts_with("True")),
        shape: shape.ok_or_else(wrong)?,
        data: from + start + length,
    })
}

/// How many elements each index steps over.
fn strides(header: &Header) -> Vec<u64> {
    let mut strides = vec![0; header.shape.len()];
    let mut step = 1;
    let order: Box<dyn Iterator<Item = usize>> = match header.is_fortran {
        true => Box::new(0..header.shape.len()),
        false => Box::new((0..header.shape.len()).rev()),
    };
    for axis in order {
        strides[axis] = step;
        step *= header.shape[axis];
    }
    strides
}

/// How one element is read.
#[derive(Clone, Copy)]
pub struct Element {
    kind: u8,
    /// Its bytes.
    pub size: usize,
    is_big: bool,
    /// What a time counts, in nanoseconds.
    unit: Option<i64>,
}

impl Element {
    /// Reads `<f8`; none for what isn't shown.
    pub fn parse(descr: &str) -> Option<Self> {
        let bytes = descr.as_bytes();
        let (is_big, kind) = (*bytes.first()? == b'>', *bytes.get(1)?);
        let number: usize = descr.get(2..)?.split('[').next()?.parse().ok()?;
        let size = match kind {
            b'U' => number.checked_mul(4)?,
            _ => number,
        };
        let is_known = match kind {
            b'f' => matches!(size, 2 | 4 | 8),
            b'i' | b'u' => matches!(size, 1 | 2 | 4 | 8),
            b'b' => size == 1,
            b'c' => matches!(size, 8 | 16),
            b'M' | b'm' => size == 8,
            b'U' | b'S' => (1..=4096).contains(&size),
            _ => false,
        };
        is_known.then_some(Self { kind, size, is_big, unit: unit_of(descr) })
    }

    /// Reads the element's value.
    pub fn value(self, bytes: &[u8]) -> Value {
        let mut little = bytes.to_vec();
        let unit = match self.kind {
            b'c' => self.size / 2,
            b'U' => 4,
            b'S' => 1,
            _ => self.size,
        };
        if self.is_big {
            little.chunks_mut(unit).for_each(<[u8]>::reverse);
        }
        match self.kind {
            b'f' => number(float(&little)),
            b'c' => {
                let (real, imaginary) = little.split_at(unit);
                Value::from(format!("{}{:+}j", float(real), float(imaginary)))
            }
            b'i' => Value::from(signed(&little)),
            b'M' | b'm' => match (signed(&little), self.unit) {
                (i64::MIN, _) => Value::from("NaT"),
                (count, Some(unit)) if self.kind == b'M' => moment(count, unit),
                (count, _) => Value::from(count),
            },
            b'u' => Value::from(unsigned(&little)),
            b'b' => Value::from(little.first().is_some_and(|byte| *byte != 0)),
            b'U' => {
                let letters = little.chunks_exact(4).map(|it| unsigned(it) as u32);
                let text: String = letters.filter_map(char::from_u32).collect();
                Value::from(text.trim_end_matches('\0'))
            }
            _ => {
                let text = String::from_utf8_lossy(&little);
                Value::from(text.trim_end_matches('\0'))
            }
        }
    }
}

/// What `<M8[ms]` counts, in nanoseconds; months and years are of no fixed length.
fn unit_of(descr: &str) -> Option<i64> {
    let (_, unit) = descr.strip_suffix(']')?.split_once('[')?;
    Some(match unit {
        "ns" => 1,
        "us" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        "D" => 86_400_000_000_000,
        _ => return None,
    })
}

/// A time as people write it; the count where it is beyond all calendars.
fn moment(count: i64, unit: i64) -> Value {
    let nanoseconds = i128::from(count) * i128::from(unit);
    match jiff::Timestamp::from_nanosecond(nanoseconds) {
        Ok(at) if unit == 86_400_000_000_000 => Value::from(at.to_string()[..10].to_owned()),
        Ok(at) => Value::from(at.to_string().trim_end_matches('Z').to_owned()),
        Err(_) => Value::from(count),
    }
}

fn unsigned(bytes: &[u8]) -> u64 {
    let mut whole = [0; 8];
    whole[..bytes.len()].copy_from_slice(bytes);
    u64::from_le_bytes(whole)
}

fn signed(bytes: &[u8]) -> i64 {
    let shift = 64 - 8 * bytes.len() as u32;
    (unsigned(bytes) << shift).cast_signed() >> shift
}

fn float(bytes: &[u8]) -> f64 {
    match *bytes {
        [a, b] => half(u16::from_le_bytes([a, b])),
        [a, b, c, d] => {
            // The shortest decimal of a float32 is not that of the same float64.
            let value = f32::from_le_bytes([a, b, c, d]);
            value.to_string().parse().unwrap_or(f64::from(value))
        }
        _ => f64::from_bits(unsigned(bytes)),
    }
}

/// IEEE 754 binary16.
fn half(bits: u16) -> f64 {
    let (exponent, fraction) = ((bits >> 10) & 31, f64::from(bits & 1023));
    let size = match exponent {
        0 => fraction * 2f64.powi(-24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        other => (1.0 + fraction / 1024.0) * 2f64.powi(i32::from(other) - 15),
    };
    if bits >> 15 == 1 { -size } else { size }
}

/// A number, or what JSON has none for as text.
fn number(value: f64) -> Value {
    serde_json::Number::from_f64(value)
        .map_or_else(|| Value::from(value.to_string()), Value::Number)
}

/// `float64` of `<f8`.
fn named(descr: &str) -> String {
    let (Some(kind), Some(size)) = (descr.get(1..2), descr.get(2..)) else {
        return descr.to_owned();
    };
    let bits = size.parse::<u32>().map(|bytes| bytes * 8);
    match (kind, bits) {
        ("f", Ok(bits)) => format!("float{bits}"),
        ("i", Ok(bits)) => format!("int{bits}"),
        ("u", Ok(bits)) => format!("uint{bits}"),
        ("c", Ok(bits)) => format!("complex{bits}"),
        ("b", Ok(_)) => "bool".to_owned(),
        ("U", Ok(_)) => format!("text of {size}"),
        ("S", Ok(_)) => format!("bytes of {size}"),
        ("M", _) => format!("datetime64{}", size.trim_start_matches('8')),
        ("m", _) => format!("timedelta64{}", size.trim_start_matches('8')),
        _ => descr.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn file(descr: &str, order: &str, shape: &str, data: &[u8]) -> Source {
        let text = format!("{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}\n");
        let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
        bytes.extend((text.len() as u16).to_le_bytes());
        bytes.extend(text.as_bytes());
        bytes.extend(data);
        Source::Bytes(bytes)
    }

    fn check(source: &Source, dtype: &str, shape: &[u64], corner: Value) {
        let Preview::Array { dtype: found, shape: lengths, corner: cells } = look(source).unwrap()
        else {
            panic!("an array");
        };
        assert_eq!((found.as_str(), lengths.as_slice(), json!(cells)), (dtype, shape, corner));
    }

    #[test]
    fn corners_of_arrays_are_read() {
        let whole: Vec<u8> = (0..6_i32).flat_map(i32::to_le_bytes).collect();
        check(
            &file("'<i4'", "False", "(2, 3)", &whole),
            "int32",
            &[2, 3],
            json!([[0, 1, 2], [3, 4, 5]]),
        );
        check(
            &file("'<i4'", "True", "(2, 3)", &whole),
            "int32",
            &[2, 3],
            json!([[0, 2, 4], [1, 3, 5]]),
        );
        check(
            &file("'<i4'", "False", "(2, 1, 3)", &whole),
            "int32",
            &[2, 1, 3],
            json!([[0, 1, 2]]),
        );
        let floats: Vec<u8> = [0.1_f32, f32::NAN].iter().flat_map(|it| it.to_be_bytes()).collect();
        check(&file("'>f4'", "False", "(2,)", &floats), "float32", &[2], json!([[0.1, "NaN"]]));
        check(&file("'<f2'", "False", "()", &[0x00, 0xc0]), "float16", &[], json!([[-2.0]]));
        check(&file("'|b1'", "False", "(2,)", &[1, 0]), "bool", &[2], json!([[true, false]]));
        check(
            &file("'<U2'", "False", "(1,)", b"\xe4\0\0\0\0\0\0\0"),
            "text of 2",
            &[1],
            json!([["ä"]]),
        );
        let days = 20_454_i64.to_le_bytes();
        let day = file("'<M8[D]'", "False", "(1,)", &days);
        check(&day, "datetime64[D]", &[1], json!([["2026-01-01"]]));
        let late = file("'<M8[s]'", "False", "(1,)", &i64::MIN.to_le_bytes());
        check(&late, "datetime64[s]", &[1], json!([["NaT"]]));
        check(&file("'<f8'", "False", "(0, 5)", &[]), "float64", &[0, 5], json!([]));
        check(
            &file("[('a', '<i4')]", "False", "(3,)", &[0; 12]),
            "[('a', '<i4')]",
            &[3],
            json!([]),
        );
    }

    #[test]
    fn what_is_cut_short_is_refused() {
        look(&file("'<f8'", "False", "(9,)", &[0; 8])).unwrap_err();
        look(&Source::Bytes(b"\x93NUMPY\x01\x00\xff\xff".to_vec())).unwrap_err();
        look(&Source::Bytes(b"other bytes".to_vec())).unwrap_err();
    }
}
