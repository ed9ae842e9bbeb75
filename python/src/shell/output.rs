//! Where verbs write: data to stdout, talk to stderr. A reader that goes away (`| head`)
//! ends a verb quietly.

use std::io::{self, Write};

use console::Term;
use serde::Serialize;

use super::error::{Error, report};
use super::{Exit, Outcome};

/// Writes data.
pub fn write(data: impl AsRef<[u8]>) -> Result<(), Error> {
    let mut out = io::stdout().lock();
    told(out.write_all(data.as_ref()).and_then(|()| out.flush()))
}

/// Writes data to stderr: what a step had written there.
pub fn write_stderr(data: impl AsRef<[u8]>) -> Result<(), Error> {
    told(io::stderr().lock().write_all(data.as_ref()))
}

/// Writes a JSON document.
pub fn json(value: &impl Serialize) -> Result<(), Error> {
    let text = serde_json::to_string_pretty(value).expect("plain data is JSON");
    write(text + "\n")
}

/// Says a line. Nobody may be listening.
pub fn talk(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}

/// What a verb comes to that had nothing to do but write.
pub fn finish(written: Result<(), Error>) -> Outcome {
    match written {
        Ok(()) => Exit::Success.into(),
        Err(error) => {
            if !matches!(error, Error::Closed) {
                report(&error);
            }
            error.exit().into()
        }
    }
}

/// The width of the terminal that data goes to; none for a pipe or a file.
pub fn width() -> Option<usize> {
    let out = Term::stdout();
    out.is_term().then(|| out.size_checked()).flatten().map(|(_, columns)| columns.into())
}

fn told(result: io::Result<()>) -> Result<(), Error> {
    result.map_err(|source| match source.kind() {
        io::ErrorKind::BrokenPipe => Error::Closed,
        _ => Error::Output { what: "the output".into(), source },
    })
}
