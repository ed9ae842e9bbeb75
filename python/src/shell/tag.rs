//! `tag`: tags of a run, listed and changed.

use clap::{Arg, ArgMatches, Command};
use flownote_store::client::{TagChange, Tags};

use super::error::Error;
use super::session::with_store;
use super::target_option::{given, json, run};
use super::{Exit, Outcome, Shell, flow_option, output};
use flownote_store::reference::resolve_run;

const AFTER_HELP: &str = "\
Examples:
  flownote tag add latest nightly good
  flownote tag remove 8f2c9a nightly
  flownote tag replace latest production      # exactly these, system tags aside
  flownote tag list latest";

/// `flownote tag`.
pub fn command() -> Command {
    let tags =
        || Arg::new("tag").value_name("TAG").required(true).num_args(1..).help("One or more tags");
    let verb = |name: &'static str, about: &'static str| {
        Command::new(name).about(about).arg(run()).arg(json()).arg(flow_option::store())
    };
    Command::new("tag")
        .about("List and change the tags of a run")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(verb("add", "Add tags").arg(tags()))
        .subcommand(verb("remove", "Remove tags").arg(tags()))
        .subcommand(verb("replace", "Set exactly these tags").arg(tags()))
        .subcommand(verb("list", "List the tags"))
        .after_help(AFTER_HELP)
}

/// Does it, and tells the tags as they are then.
pub fn act(shell: &Shell<'_>) -> Outcome {
    let Some((verb, matches)) = shell.matches.subcommand() else { return Exit::Usage.into() };
    with_store(matches, async |store| {
        let name = given(matches, "run").unwrap_or_default();
        let run = resolve_run(store, name, shell.within()).await?;
        let tags = match verb {
            "add" => {
                let change = TagChange { add: words(matches), remove: vec![] };
                store.change_tags(&run, &change).await?
            }
            "remove" => {
                let change = TagChange { add: vec![], remove: words(matches) };
                warn_of_absent(&store.tags(&run).await?, &change.remove);
                store.change_tags(&run, &change).await?
            }
            "replace" => store.replace_tags(&run, &words(matches)).await?,
            _ => store.tags(&run).await?,
        };
        tell(&run.to_string(), &tags, matches)?;
        Ok(Exit::Success.into())
    })
}

fn words(matches: &ArgMatches) -> Vec<String> {
    matches.get_many::<String>("tag").into_iter().flatten().cloned().collect()
}

fn warn_of_absent(tags: &Tags, remove: &[String]) {
    for tag in remove.iter().filter(|tag| !tags.user.contains(tag) && !tags.system.contains(tag)) {
        output::talk(&format!("note: the run had no tag `{tag}`"));
    }
}

fn tell(run: &str, tags: &Tags, matches: &ArgMatches) -> Result<(), Error> {
    if matches.get_flag("json") {
        return output::json(tags);
    }
    let user = if tags.user.is_empty() { "none".to_owned() } else { tags.user.join(", ") };
    output::write(format!("{run}\n  tags    {user}\n  system  {}\n", tags.system.join(", ")))
}
