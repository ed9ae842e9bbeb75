//! Times as the store writes them: RFC 3339 in objects, `20261122T101512345` in names.
//! They are for people and for order in listings; nothing is decided by comparing the
//! clocks of two machines (engine rule 10).

use flownote_flow::id::RunId;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The present, RFC 3339 in UTC with milliseconds.
pub fn now() -> String {
    rfc3339(Timestamp::now())
}

/// Makes a new run id: the present and 24 random bits.
pub fn new_run_id() -> RunId {
    RunId::compose(&stamp(Timestamp::now()), rand::random())
}

/// Makes a writer's nonce: 64 random bits in hex (engine rule 2).
pub fn new_nonce() -> String {
    format!("{:016x}", rand::random::<u64>())
}

pub(crate) fn rfc3339(time: Timestamp) -> String {
    format!("{time:.3}")
}

/// Prints a time as names carry it, `YYYYMMDDTHHMMSSmmm`.
pub(crate) fn stamp(time: Timestamp) -> String {
    time.to_zoned(TimeZone::UTC).strftime("%Y%m%dT%H%M%S%3f").to_string()
}

/// The same to the nanosecond: names sort by it, and after those of [`stamp`] in its millisecond.
pub(crate) fn fine_stamp(time: Timestamp) -> String {
    time.to_zoned(TimeZone::UTC).strftime("%Y%m%dT%H%M%S%9f").to_string()
}

/// Reads what [`stamp`] wrote, or the front of a run id.
pub(crate) fn parse_stamp(stamp: &str) -> Option<Timestamp> {
    let digits = |range: std::ops::Range<usize>| -> Option<i16> {
        let part = stamp.get(range)?;
        part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse().ok())?
    };
    if stamp.len() < 18 || stamp.as_bytes()[8] != b'T' {
        return None;
    }
    let small = |range| digits(range).and_then(|number| i8::try_from(number).ok());
    let time = jiff::civil::DateTime::new(
        digits(0..4)?,
        small(4..6)?,
        small(6..8)?,
        small(9..11)?,
        small(11..13)?,
        small(13..15)?,
        i32::from(digits(15..18)?) * 1_000_000,
    );
    time.ok()?.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

/// The time at which a run began, as its id says.
pub(crate) fn run_time(run: &RunId) -> Option<Timestamp> {
    parse_stamp(run.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_stamp_round_trips(millis in 0_i64..4_102_444_800_000) {
            let time = Timestamp::from_millisecond(millis).unwrap();
            prop_assert_eq!(parse_stamp(&stamp(time)), Some(time));
        }

        #[test]
        fn any_text_is_read_without_panic(text in "\\PC*") {
            let _ = parse_stamp(&text);
        }
    }

    #[test]
    fn times_have_milliseconds() {
        let time = Timestamp::from_millisecond(1_795_342_512_045).unwrap();
        assert_eq!(rfc3339(time), "2026-11-22T10:15:12.045Z");
        assert_eq!(stamp(time), "20261122T101512045");
    }
}
