//! How much memory queries may take.

use std::fs;

/// When neither the machine nor its group says how much there is.
const UNKNOWN: u64 = 2 << 30;

/// The limit of queries unless one is set: half of what the machine, or the control group
/// that this process is in, has.
pub fn default_limit() -> u64 {
    let machine = fs::read_to_string("/proc/meminfo").ok().and_then(|text| total(&text));
    let group = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"]
        .iter()
        .find_map(|path| fs::read_to_string(path).ok()?.trim().parse::<u64>().ok());
    [machine, group].into_iter().flatten().min().map_or(UNKNOWN, |bytes| bytes / 2)
}

/// Reads a size as people write it: `512 MB`, `1.5GiB`, `8g`.
pub fn parse_size(text: &str) -> Option<u64> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let number: f64 = text[..end].parse().ok()?;
    let unit = match text[end..].trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1u64,
        "k" | "kb" | "kib" => 1 << 10,
        "m" | "mb" | "mib" => 1 << 20,
        "g" | "gb" | "gib" => 1 << 30,
        "t" | "tb" | "tib" => 1 << 40,
        _ => return None,
    };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a size in bytes, rounded down"
    )]
    let bytes = (number * unit as f64) as u64;
    (bytes > 0).then_some(bytes)
}

/// A size for people: `512 MB`.
#[expect(clippy::cast_precision_loss, reason = "two digits are shown")]
pub(crate) fn size(bytes: u64) -> String {
    let units = [(40, "TB"), (30, "GB"), (20, "MB"), (10, "KB")];
    match units.iter().find(|(power, _)| bytes >> power > 0) {
        None => format!("{bytes} B"),
        Some((power, unit)) => {
            let number = format!("{:.1}", bytes as f64 / (1u64 << power) as f64);
            format!("{} {unit}", number.strip_suffix(".0").unwrap_or(&number))
        }
    }
}

fn total(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? << 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_as_people_write_them() {
        let cases = [
            ("8 GB", Some(8 << 30)),
            ("512MiB", Some(512 << 20)),
            ("1.5g", Some(3 << 29)),
            ("4096", Some(4096)),
            ("0", None),
            ("lots", None),
            ("3 bananas", None),
        ];
        for (text, bytes) in cases {
            assert_eq!(parse_size(text), bytes, "{text}");
        }
        assert_eq!(size(8 << 30), "8 GB");
        assert_eq!(size(3 << 29), "1.5 GB");
    }

    #[test]
    fn there_is_always_a_limit() {
        assert!(default_limit() > 1 << 20);
        assert_eq!(total("MemTotal:        2048 kB\nMemFree: 1 kB\n"), Some(2 << 20));
    }
}
