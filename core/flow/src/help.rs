//! Errors that help: every error that a user can meet may say what to do now.

/// An error with a hint. The shell, HTTP answers, the browser and Python exceptions all
/// carry the same one.
pub trait Help: std::error::Error {
    /// What the user can do about it, as one sentence without a final full stop.
    fn hint(&self) -> Option<String> {
        None
    }
}
