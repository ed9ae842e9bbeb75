//! How verbs word what they show.

/// A time of RFC 3339 in UTC, to the second: `2026-11-22 19:55:53 UTC`.
pub fn time(rfc3339: &str) -> String {
    let whole = rfc3339.split(['.', 'Z']).next().unwrap_or(rfc3339);
    format!("{} UTC", whole.replace('T', " "))
}
