//! `flownote rust setup|status|clean|docs`: what Rust cells need on this machine (notebook rule 16).

use std::io::IsTerminal;
use std::time::{Duration, Instant, SystemTime};

use clap::{ArgMatches, Command};
use flownote_flow::help::Help;
use flownote_kernel::rust::{Built, GUIDE, Level, Progress, Setup, SetupError, Toolchain, size_of};
use indicatif::{HumanBytes, HumanDuration, ProgressBar, ProgressStyle};
use serde_json::json;

use super::output::{self, say, talk};
use super::{Error, Outcome, Shell, exit, tree};

/// `rust`.
pub fn command() -> Command {
    Command::new("rust")
        .about("What Rust cells need: build it, look at it")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(
            Command::new("setup")
                .about("Build what Rust cells need, with this machine's compiler")
                .arg(tree::switch("base", "Leave the crates `arrow`, `rayon` and `flownote_models` out"))
                .arg(tree::switch("quiet", "Show errors only").short('q')),
        )
        .subcommand(
            Command::new("clean")
                .about("Delete what was built for other compilers and earlier versions"),
        )
        .subcommand(Command::new("docs").about("Print the page on what Rust cells have at hand"))
        .subcommand(
            Command::new("status")
                .about("Say which compiler there is and what was built; exit code 1 when nothing is ready")
                .arg(tree::switch("json", "As JSON")),
        )
}

/// Does it.
pub fn act(_shell: &Shell, matches: &ArgMatches) -> Outcome {
    match matches.subcommand() {
        Some(("setup", matches)) => build(matches.get_flag("base"), matches.get_flag("quiet")),
        Some(("clean", _)) => clean(),
        Some(("docs", _)) => {
            output::write(GUIDE)?;
            Ok(exit::OK)
        }
        Some(("status", matches)) => status(matches.get_flag("json")),
        _ => Ok(exit::USAGE),
    }
}

fn setup() -> Result<Setup, Error> {
    let toolchain = Toolchain::find().map_err(|error| wrong(&error))?;
    Ok(Setup::new(Setup::folder(), toolchain))
}

/// An error of the setup's, which isn't the command line's fault.
fn wrong(error: &impl Help) -> Error {
    Error::Setup { message: error.to_string(), hint: error.hint() }
}

fn build(base: bool, quiet: bool) -> Outcome {
    let setup = setup()?;
    let levels: &[Level] = if base { &[Level::Base] } else { &[Level::Base, Level::Full] };
    for level in levels {
        let built = if quiet {
            setup.build(*level, &mut |_| ()).map(drop)
        } else {
            with_bar(&setup, *level)
        };
        built.map_err(|error| wrong(&error))?;
    }
    let removed = setup.sweep().len();
    if !quiet {
        if removed > 0 {
            say!("removed {removed} that nobody has used for long");
        }
        let names: Vec<&str> = levels.iter().map(|level| level.name()).collect();
        let (version, names) = (setup.toolchain().release(), names.join(" and "));
        say!("Rust cells are ready: {names}, rustc {version}, in {}", setup.home().display());
    }
    Ok(exit::OK)
}

/// Builds one level and shows how far it is: a bar on a terminal, else a line.
fn with_bar(setup: &Setup, level: Level) -> Result<(), SetupError> {
    if setup.ready(level).is_some() {
        talk!("{}: built before", level.name());
        return Ok(());
    }
    let start = Instant::now();
    let bar = ProgressBar::new(0);
    let template = format!("{}: {{bar:30}} {{pos}}/{{len}} {{wide_msg}}", level.name());
    bar.set_style(ProgressStyle::with_template(&template).expect("a template"));
    bar.enable_steady_tick(Duration::from_millis(200));
    if !std::io::stderr().is_terminal() {
        talk!("{}: building", level.name());
    }
    let built = setup.build(level, &mut |Progress { done, total, name }| {
        bar.set_length(total as u64);
        bar.set_position(done as u64);
        bar.set_message(name);
    });
    bar.finish_and_clear();
    if built.is_ok() {
        talk!("{}: built in {:.0} s", level.name(), start.elapsed().as_secs_f64());
    }
    built.map(drop)
}

fn status(as_json: bool) -> Outcome {
    let setup = setup()?;
    let (toolchain, built) = (setup.toolchain(), setup.built());
    let ready = built.iter().any(|one| one.current);
    let code = if ready { exit::OK } else { exit::FAILED };
    if as_json {
        let status = json!({
            "rustc": toolchain.version,
            "program": toolchain.rustc,
            "folder": setup.home(),
            "ready": ready,
            "cells_size": size_of(&setup.cells()),
            "built": built.iter().map(in_json).collect::<Vec<_>>(),
        });
        output::json(&status)?;
        return Ok(code);
    }
    say!("rustc {} ({})", toolchain.version, toolchain.rustc.display());
    let folder = Setup::folder();
    if built.is_empty() {
        say!("nothing is built yet in {}", folder.display());
    } else {
        say!("built in {}", folder.display());
        say!("  {:<12}  {:>10}  {:<10}  {:<9}  STATE", "WHAT", "SIZE", "AGE", "RUSTC");
    }
    for one in &built {
        let age = one.when.and_then(|when| SystemTime::now().duration_since(when).ok());
        let age = age.map(|age| HumanDuration(age).to_string()).unwrap_or_default();
        let state = if one.current { "in use" } else { "left over" };
        let size = HumanBytes(one.size).to_string();
        say!("  {:<12}  {size:>10}  {age:<10}  {:<9}  {state}", one.name, release(one));
    }
    if !built.is_empty() {
        let size = HumanBytes(size_of(&setup.cells())).to_string();
        say!("  {:<12}  {size:>10}  compiled cells of all notebooks", "cells");
    }
    let has = |level: Level| built.iter().any(|one| one.current && one.name == level.name());
    let next = match (has(Level::Base), has(Level::Full)) {
        (false, _) => {
            "next: `flownote rust setup` builds what Rust cells need; the first Rust cell would, too"
        }
        (true, false) => {
            "next: `flownote rust setup` adds `arrow`, `rayon` and `flownote_models`; other cells run now"
        }
        (true, true) => {
            "ready: write a cell that begins with `%%rust`; `flownote rust docs` says what it has at hand"
        }
    };
    say!("{next}");
    let old: Vec<&Built> = built.iter().filter(|one| !one.current).collect();
    if !old.is_empty() {
        let size = HumanBytes(old.iter().map(|one| one.size).sum());
        say!("left over: {size} of earlier versions, which `flownote rust clean` deletes");
    }
    Ok(code)
}

fn clean() -> Outcome {
    let left = setup()?.clean();
    if left.is_empty() {
        say!("nothing is left over that nobody uses");
    }
    for one in left {
        say!("deleted {} of rustc {}, {}", one.name, release(&one), HumanBytes(one.size));
    }
    Ok(exit::OK)
}

fn release(built: &Built) -> &str {
    built.rustc.split(' ').next().unwrap_or_default()
}

fn in_json(built: &Built) -> serde_json::Value {
    let when = built.when.and_then(|when| when.duration_since(SystemTime::UNIX_EPOCH).ok());
    json!({
        "name": built.name, "rustc": built.rustc, "current": built.current, "size": built.size,
        "built_at": when.map(|when| when.as_secs()), "folder": built.folder,
    })
}
