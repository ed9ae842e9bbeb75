//! Whole numbers on the command line, refused in words.

/// Reads a whole number from 0 on.
///
/// # Errors
/// What to give instead.
pub fn number(text: &str) -> Result<u32, String> {
    text.parse().map_err(|_| "give a whole number".to_owned())
}

/// Reads a whole number from 1 on.
///
/// # Errors
/// What to give instead.
pub fn count(text: &str) -> Result<u32, String> {
    match number(text) {
        Ok(0) | Err(_) => Err("give a whole number from 1 on".to_owned()),
        found => found,
    }
}
