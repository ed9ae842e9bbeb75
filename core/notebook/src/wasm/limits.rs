//! What a call may use: `memory=64MiB deadline=2s fuel=1_000_000`.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::signature::Fault;

const PAGE: u64 = 64 << 10;
const LARGEST_MEMORY: u64 = 4 << 30;
const LONGEST_DEADLINE: Duration = Duration::from_secs(24 * 60 * 60);

/// The limits of one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// How many bytes of linear memory it may have.
    pub memory: u64,
    /// How many milliseconds it may take, all its rows together.
    pub deadline_ms: u64,
    /// How much fuel it may burn: about one unit for each instruction. Absent: not counted.
    pub fuel: Option<u64>,
}

impl Default for Limits {
    fn default() -> Self {
        Self { memory: 256 << 20, deadline_ms: 10_000, fuel: None }
    }
}

impl Limits {
    /// How long a call may take.
    pub fn deadline(&self) -> Duration {
        Duration::from_millis(self.deadline_ms)
    }
}

/// Reads the limits that a header gives; the others stay as they are by default.
pub(super) fn parse(text: &str) -> Result<Limits, Fault> {
    let mut limits = Limits::default();
    let mut at = 0;
    for word in text.split(' ') {
        let here = at;
        at += word.len() + 1;
        if word.trim().is_empty() {
            continue;
        }
        let fault =
            |message: String, hint: &str| Fault { at: here, message, hint: Some(hint.into()) };
        let word = word.trim_end_matches(',');
        let (name, value) = word.split_once('=').ok_or_else(|| {
            fault(format!("`{word}` is not a limit"), "write it as `memory=64MiB deadline=2s`")
        })?;
        match name {
            "memory" => {
                limits.memory = bytes(value)
                    .filter(|bytes| (PAGE..=LARGEST_MEMORY).contains(bytes))
                    .ok_or_else(|| {
                        let message = format!("`{value}` is not an amount of memory");
                        fault(message, "write 64KiB to 4GiB, as in `memory=64MiB`")
                    })?;
            }
            "deadline" => {
                limits.deadline_ms = milliseconds(value)
                    .filter(|ms| (1..=LONGEST_DEADLINE.as_millis() as u64).contains(ms))
                    .ok_or_else(|| {
                        let message = format!("`{value}` is not a deadline");
                        fault(message, "write 1ms to 24h, as in `deadline=500ms` or `deadline=2s`")
                    })?;
            }
            "fuel" => {
                let fuel = value.replace('_', "").parse().ok().filter(|fuel| *fuel > 0);
                limits.fuel = Some(fuel.ok_or_else(|| {
                    let message = format!("`{value}` is not an amount of fuel");
                    fault(message, "write a whole number, as in `fuel=1_000_000`")
                })?);
            }
            _ => {
                let message = format!("there is no limit `{name}`");
                return Err(fault(message, "the limits are memory, deadline and fuel"));
            }
        }
    }
    Ok(limits)
}

fn bytes(text: &str) -> Option<u64> {
    let (number, unit) = split_unit(text)?;
    let unit = match unit.to_ascii_lowercase().as_str() {
        "b" => 1,
        "kb" => 1_000,
        "mb" => 1_000_000,
        "gb" => 1_000_000_000,
        "kib" | "k" => 1 << 10,
        "mib" | "m" => 1 << 20,
        "gib" | "g" => 1 << 30,
        _ => return None,
    };
    number.checked_mul(unit)
}

fn milliseconds(text: &str) -> Option<u64> {
    let (number, unit) = split_unit(text)?;
    let unit = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" | "min" => 60_000,
        "h" => 3_600_000,
        _ => return None,
    };
    number.checked_mul(unit)
}

fn split_unit(text: &str) -> Option<(u64, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '_')?;
    Some((text[..end].replace('_', "").parse().ok()?, &text[end..]))
}
