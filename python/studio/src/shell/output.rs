//! Where verbs write: data to standard output, talk to standard error. A reader that goes away
//! (`| head`) ends a verb quietly, and a full disk is an error like any other: the standard
//! library's macros would panic.

use std::fmt::Display;
use std::io::{self, ErrorKind, Write};

use serde::Serialize;

use super::Error;

/// Writes a line of data; ends the function when it can't be written.
macro_rules! say {
    ($($words:tt)*) => {
        $crate::shell::output::write(format!("{}\n", format_args!($($words)*)))?
    };
}

/// Says a line on standard error. Nobody may be listening.
macro_rules! talk {
    ($($words:tt)*) => {
        $crate::shell::output::tell(format_args!($($words)*))
    };
}

pub(crate) use {say, talk};

/// Writes data.
pub fn write(data: impl AsRef<[u8]>) -> Result<(), Error> {
    let mut out = io::stdout().lock();
    let written = out.write_all(data.as_ref()).and_then(|()| out.flush());
    written.map_err(|source| match source.kind() {
        ErrorKind::BrokenPipe => Error::Closed,
        _ => Error::Output { source },
    })
}

/// Writes a JSON document.
pub fn json(value: &impl Serialize) -> Result<(), Error> {
    let text = serde_json::to_string_pretty(value).expect("plain data is JSON");
    write(text + "\n")
}

/// Says a line.
pub fn tell(line: impl Display) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}
