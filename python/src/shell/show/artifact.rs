//! An artifact: what is known of it without loading it.

use console::style;
use flownote_store::client::{Origin, Task};
use flownote_store::{RunKey, Store};

use super::super::error::Error;
use super::super::{output, words};
use super::fields;
use flownote_store::reference::Target;

/// Shows it.
pub async fn show(
    store: &Store,
    run: &RunKey,
    task: &Task,
    name: &str,
    json: bool,
) -> Result<(), Error> {
    let artifact = Target::artifact(store, run, task, name).await?;
    if json {
        return output::json(&artifact);
    }
    let record = &artifact.record;
    // How decoders find their way is nobody else's matter.
    let meta = record.meta.iter().filter(|(name, _)| *name != "places" && *name != "readers");
    let meta: Vec<String> = meta.map(|(name, value)| format!("{name} {value}")).collect();
    let from = match artifact.origin {
        Origin::Parameter => "a parameter of the run".into(),
        Origin::Constant => "a constant of the flow".into(),
        Origin::Own | Origin::Inherited => artifact.producer_name().to_owned(),
    };
    let text = format!(
        "{}\n{}",
        style(&artifact.pathspec).bold(),
        fields([
            ("type", record.type_name.clone()),
            ("preview", record.preview.clone().unwrap_or_default()),
            ("codec", record.codec.clone()),
            ("about", meta.join(", ")),
            ("size", words::size(record.size)),
            ("digest", record.digest.to_string()),
            ("from", from),
        ])
    );
    let dump = (format!("flownote dump {}", artifact.pathspec), "the value");
    output::write(text + &words::next(&[dump]))
}
