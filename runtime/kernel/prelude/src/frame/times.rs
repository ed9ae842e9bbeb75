//! Columns of points in time, dates and durations: whole numbers with a unit.

use std::borrow::Cow;
use std::ops::Deref;

use super::numbers::{holds_nulls, slice, wrong_type};
use super::{Frame, values};
use crate::error::Result;

/// What the numbers of a column of times count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Days.
    Days,
    /// Seconds.
    Seconds,
    /// Milliseconds.
    Milliseconds,
    /// Microseconds.
    Microseconds,
    /// Nanoseconds.
    Nanoseconds,
}

impl Unit {
    /// How many of it are a second; none for days.
    pub fn per_second(self) -> Option<i64> {
        match self {
            Self::Days => None,
            Self::Seconds => Some(1),
            Self::Milliseconds => Some(1_000),
            Self::Microseconds => Some(1_000_000),
            Self::Nanoseconds => Some(1_000_000_000),
        }
    }
}

/// A column of points in time (since 1970-01-01 00:00 UTC), of dates (since 1970-01-01), of
/// times of day (since midnight) or of durations: a slice of the numbers, which count
/// [`Times::unit`].
#[derive(Clone, Debug)]
pub struct Times<'a> {
    numbers: Cow<'a, [i64]>,
    unit: Unit,
    zone: Option<&'a str>,
}

impl<'a> Times<'a> {
    /// What the numbers count.
    pub fn unit(&self) -> Unit {
        self.unit
    }

    /// The time zone that the column is to be shown in; the numbers are UTC all the same.
    pub fn zone(&self) -> Option<&'a str> {
        self.zone
    }

    /// All of them in seconds.
    pub fn seconds(&self) -> Vec<f64> {
        const DAY: f64 = 86_400.0;
        match self.unit.per_second() {
            Some(per_second) => {
                self.numbers.iter().map(|it| *it as f64 / per_second as f64).collect()
            }
            None => self.numbers.iter().map(|days| *days as f64 * DAY).collect(),
        }
    }
}

impl Deref for Times<'_> {
    type Target = [i64];

    fn deref(&self) -> &[i64] {
        &self.numbers
    }
}

impl Frame {
    /// The text of a lone date, time, duration or decimal: ISO 8601, all digits of a decimal.
    /// Nothing for columns of other types; no text for a null.
    pub(crate) fn as_text(&self, name: &str) -> Option<Option<String>> {
        let column = self.column(name).ok()?;
        let format = &column.field.format;
        let is_one = unit_of(format).is_some() || values::decimal_scale(format).is_some();
        is_one.then(|| values::text(column, 0))
    }

    /// A column of points in time, dates, times of day or durations.
    ///
    /// # Errors
    /// When there is no such column, it is of another type, or it holds nulls.
    #[track_caller]
    pub fn times(&self, name: &str) -> Result<Times<'_>> {
        let column = self.column(name)?;
        let Some(unit) = unit_of(&column.field.format) else {
            return Err(wrong_type(column, "a time"));
        };
        match column.null_count() {
            0 => {}
            nulls => return Err(holds_nulls(column, nulls)),
        }
        let numbers = if is_narrow(&column.field.format) {
            Cow::Owned(slice::<i32>(column).iter().map(|number| i64::from(*number)).collect())
        } else {
            Cow::Borrowed(slice::<i64>(column))
        };
        let zone = column.field.format.strip_prefix("ts").and_then(|rest| rest.get(2..));
        Ok(Times { numbers, unit, zone: zone.filter(|zone| !zone.is_empty()) })
    }
}

/// Whether a type of time has 32 bits rather than 64.
pub(super) fn is_narrow(format: &str) -> bool {
    matches!(format, "tdD" | "tts" | "ttm")
}

/// What a type of time counts.
pub(super) fn unit_of(format: &str) -> Option<Unit> {
    match format {
        "tdD" => return Some(Unit::Days),
        "tdm" => return Some(Unit::Milliseconds),
        _ => {}
    }
    let letter = ["ts", "tt", "tD"].iter().find_map(|start| format.strip_prefix(start))?;
    match letter.chars().next()? {
        's' => Some(Unit::Seconds),
        'm' => Some(Unit::Milliseconds),
        'u' => Some(Unit::Microseconds),
        'n' => Some(Unit::Nanoseconds),
        _ => None,
    }
}
