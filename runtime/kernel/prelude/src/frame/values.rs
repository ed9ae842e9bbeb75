//! Single values of columns of any type: as JSON, and as text for people.

use serde_json::{Value as Json, json};

use super::column::Column;
use super::data::Data;
use super::text::{bytes_at, truth_at};
use super::times::{Unit, is_narrow, unit_of};

/// The key of a row in its dictionary.
pub(super) fn key(data: &Data, format: &str, place: usize) -> usize {
    let key = integer(data, format, place).unwrap_or(i128::MAX);
    usize::try_from(key).unwrap_or(usize::MAX)
}

/// A whole number, when the format is one of such.
fn integer(data: &Data, format: &str, place: usize) -> Option<i128> {
    let at = data.offset + place;
    // SAFETY: the format says what buffer 1 holds; the place is within the piece.
    unsafe {
        Some(match format {
            "c" => data.element::<i8>(1, at).into(),
            "C" => data.element::<u8>(1, at).into(),
            "s" => data.element::<i16>(1, at).into(),
            "S" => data.element::<u16>(1, at).into(),
            "i" | "tdD" | "tts" | "ttm" => data.element::<i32>(1, at).into(),
            "I" => data.element::<u32>(1, at).into(),
            "L" => data.element::<u64>(1, at).into(),
            "l" => data.element::<i64>(1, at).into(),
            _ if unit_of(format).is_some() => data.element::<i64>(1, at).into(),
            _ => return None,
        })
    }
}

/// A number with a point, when the format is one of such.
fn float(data: &Data, format: &str, place: usize) -> Option<f64> {
    let at = data.offset + place;
    // SAFETY: as in `integer`.
    unsafe {
        match format {
            "g" => Some(data.element::<f64>(1, at)),
            "f" => Some(data.element::<f32>(1, at).into()),
            _ => None,
        }
    }
}

/// Digits behind the point of decimals of 128 bits.
pub(super) fn decimal_scale(format: &str) -> Option<i32> {
    let mut numbers = format.strip_prefix("d:")?.split(',');
    let scale = numbers.nth(1)?.parse().ok()?;
    matches!(numbers.next(), None | Some("128")).then_some(scale)
}

/// A decimal of 128 bits, without its point; 0 where it is null.
pub(super) fn decimal(column: &Column, row: usize) -> i128 {
    let (chunk, place) = column.at(row);
    if chunk.is_null(&column.field.format, place) {
        return 0;
    }
    // SAFETY: `decimal_scale` found the format to be one of 128 bits.
    unsafe { chunk.element(1, chunk.offset + place) }
}

/// A value as JSON: what JSON hasn't is text.
pub(super) fn json(column: &Column, row: usize) -> Json {
    let (chunk, place) = column.at(row);
    let format = column.field.format.as_str();
    if chunk.is_null(format, place) {
        return Json::Null;
    }
    if column.field.dictionary.is_none() {
        if format == "b" {
            return truth_at(column, row).into();
        }
        if let Some(number) = float(chunk, format, place) {
            return json!(number);
        }
        if !format.starts_with('t')
            && let Some(number) = integer(chunk, format, place)
        {
            return i64::try_from(number).map_or_else(|_| json!(number as u64), Json::from);
        }
    }
    text(column, row).map_or(Json::Null, Json::from)
}

/// A value for people; none for null.
pub(super) fn text(column: &Column, row: usize) -> Option<String> {
    let (chunk, place) = column.at(row);
    let format = column.field.format.as_str();
    if chunk.is_null(format, place) {
        return None;
    }
    let value_format = column.field.dictionary.as_deref().map_or(format, |it| it.format.as_str());
    if matches!(value_format, "u" | "U" | "vu") {
        return bytes_at(column, row).map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    }
    if matches!(value_format, "z" | "Z" | "vz") {
        return bytes_at(column, row).map(|bytes| format!("b\"{}\"", bytes.escape_ascii()));
    }
    if column.field.dictionary.is_some() {
        return Some(format!("#{}", key(chunk, format, place)));
    }
    if format == "b" {
        return truth_at(column, row).map(|value| value.to_string());
    }
    if let Some(number) = float(chunk, format, place) {
        return Some(format!("{number:?}"));
    }
    if let (Some(number), Some(unit)) = (integer(chunk, format, place), unit_of(format)) {
        return Some(time(format, i64::try_from(number).unwrap_or(0), unit));
    }
    if let Some(number) = integer(chunk, format, place) {
        return Some(number.to_string());
    }
    if let Some(scale) = decimal_scale(format) {
        return Some(with_point(decimal(column, row), scale));
    }
    Some(format!("<{}>", column.type_name()))
}

fn with_point(number: i128, scale: i32) -> String {
    let scale = usize::try_from(scale).unwrap_or(0);
    let digits = format!("{:0>width$}", number.unsigned_abs(), width = scale + 1);
    let sign = if number < 0 { "-" } else { "" };
    let (whole, rest) = digits.split_at(digits.len() - scale);
    if rest.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{rest}") }
}

/// A point in time as ISO 8601 has it, a duration in its unit.
fn time(format: &str, number: i64, unit: Unit) -> String {
    const DAY: i64 = 86_400;
    let Some(per_second) = unit.per_second() else { return date(number) };
    if format.starts_with("tD") {
        let name = match unit {
            Unit::Milliseconds => "ms",
            Unit::Microseconds => "us",
            Unit::Nanoseconds => "ns",
            _ => "s",
        };
        return format!("{number} {name}");
    }
    let (seconds, rest) = (number.div_euclid(per_second), number.rem_euclid(per_second));
    let (days, second) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
    if format == "tdm" {
        return date(days);
    }
    let digits = per_second.ilog10() as usize;
    let fraction = if rest == 0 { String::new() } else { format!(".{rest:0>digits$}") };
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    let clock = format!("{hour:02}:{minute:02}:{second:02}{fraction}");
    if is_narrow(format) || format.starts_with("tt") {
        return clock;
    }
    let zoned = format.split_once(':').is_some_and(|(_, zone)| !zone.is_empty());
    format!("{} {clock}{}", date(days), if zoned { "Z" } else { "" })
}

/// The date of a number of days since 1970-01-01, in the Gregorian calendar of all times
/// (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`).
fn date(days: i64) -> String {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}
