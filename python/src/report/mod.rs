//! How a run is shown while it goes on. Talk goes to stderr, what the steps print to
//! stdout; `--json` writes one event a line to stdout and nothing else.

mod grouped;
mod json;
mod live;
mod plain;
pub mod text;

use console::Term;
use flownote_engine::{Progress, Reporter};

/// How to show a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Display {
    /// Live on a terminal, plain lines elsewhere.
    Auto,
    /// Plain lines.
    Plain,
    /// One JSON object a line.
    Json,
    /// Only what the steps print, and failures.
    Quiet,
}

/// The reporter for a display.
pub fn reporter(display: Display) -> Reporter {
    match display {
        Display::Json => Box::new(json::report),
        Display::Auto if Term::stderr().is_term() && Term::stdout().is_term() => {
            let live = live::Live::new();
            Box::new(move |progress| live.report(progress))
        }
        Display::Auto | Display::Plain => shown(plain::Plain::new(false)),
        Display::Quiet => shown(plain::Plain::new(true)),
    }
}

fn shown(plain: plain::Plain) -> Reporter {
    Box::new(move |progress: Progress| plain.report(progress))
}
