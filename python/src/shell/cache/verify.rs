//! `cache verify`: computes kept results again and compares. Python runs the flow.

use clap::{Arg, Command};
use serde_json::{Map, Value, json};

use super::super::error::Error;
use super::super::{Outcome, Shell, flow_option, output};

const AFTER_HELP: &str = "\
The flow runs once more with the parameters of its latest run, looking every task up; those
in the sample are computed nevertheless, and what they make is compared. Equal values may
pickle to different bytes, so pickles are told apart. The run is tagged `cache-verify` and
keeps nothing. Exit code 1 when something differs.";

/// `flownote cache verify`.
pub fn command() -> Command {
    Command::new("verify")
        .about("Compute kept results of a flow again and compare")
        .override_usage("flownote cache verify <FLOW.py> [OPTIONS]")
        .arg(
            Arg::new("flow")
                .long("flow")
                .value_name("FLOW.py")
                .help("The flow's file; it may stand without `--flow`"),
        )
        .arg(
            Arg::new("sample")
                .long("sample")
                .value_name("SHARE")
                .default_value("5%")
                .value_parser(share)
                .help("How many of the results: 5%, 100%"),
        )
        .arg(flow_option::max_workers())
        .arg(flow_option::store())
        .after_help(AFTER_HELP)
}

/// `5%`, `0.05`, `100%`.
fn share(text: &str) -> Result<f64, String> {
    let refuse = || format!("`{text}` is no share: write 5%, 0.05 or 100%");
    let share = match text.strip_suffix('%') {
        Some(percent) => percent.parse::<f64>().map(|percent| percent / 100.0),
        None => text.parse::<f64>(),
    };
    let share = share.map_err(|_| refuse())?;
    if share > 0.0 && share <= 1.0 { Ok(share) } else { Err(refuse()) }
}

/// Asks Python to run the flow.
pub fn act(shell: &Shell<'_>) -> Outcome {
    if shell.flow.is_none() {
        return output::finish(Err(Error::usage(
            "which flow's results?",
            "name its file: `flownote cache verify flow.py`",
        )));
    }
    let mut options: Map<String, Value> =
        flow_option::to_json(shell.matches, &["store", "max-workers"]);
    options.insert("verify".into(), json!(shell.matches.get_one::<f64>("sample")));
    options.insert("cache_mode".into(), json!("read"));
    options.insert("origin_run_id".into(), json!("latest"));
    options.insert("tag".into(), json!(["cache-verify"]));
    Outcome::Request { verb: "run", options, parameters: Map::new() }
}

#[cfg(test)]
mod tests {
    use super::share;

    #[test]
    fn shares_are_percents_or_fractions() {
        assert_eq!(share("5%"), Ok(0.05));
        assert_eq!(share("100%"), Ok(1.0));
        assert_eq!(share("0.5"), Ok(0.5));
        for wrong in ["0%", "101%", "x", "", "-1%", "NaN"] {
            assert!(share(wrong).is_err(), "{wrong}");
        }
    }
}
