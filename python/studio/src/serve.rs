//! `flownote serve`: models of the store answer programs.

use std::sync::Arc;
use std::time::Duration;

use clap::{Arg, ArgAction, ArgMatches, Command as Verb, value_parser};
use flownote_server::serve::{Options, PORT, Server, Source};

use crate::headless::{open_store, user};
use crate::shell::output::{say, talk};
use crate::shell::{Error, Outcome, Shell, exit, tree};
use crate::ui::{address, ask_for, told_to_stop};

const AFTER_HELP: &str = "\
A FLOW means its newest run that succeeded, with --tag its newest that has the tag; when there is
a newer one, its models take over and no request is dropped. FLOW/RUN means that run for good. The
run's last step is to have
  recommender, titles, member_ids, watched           for --recommend
  policy or best_policy, title, pictures, contexts   for --artwork
as the flows of `recommend` and `artwork_personalization` do. Every decision and every event is
kept as a row of a run of the flow `Serve`.

Asked for:
  GET  /recommend/MEMBER?k=10        titles, and because of what
  GET  /artwork/TITLE?member=MEMBER  a picture, and how likely it was
  POST /events                       {\"kind\": \"play\", \"member\": \"7\", \"title\": \"Alien (1979)\"}
                                     {\"kind\": \"click\", \"request\": \"…\"}, or a list of these
  GET  /health, /openapi.json

Examples:
  flownote serve --recommend Recommend --tag production
  flownote serve --recommend Recommend --artwork ArtworkPersonalization --explore 0.1
  curl http://127.0.0.1:8770/recommend/368?k=5";

/// `serve`.
pub fn command() -> Verb {
    let source = |name: &'static str| Arg::new(name).long(name).value_name("FLOW[/RUN]");
    let time = |name: &'static str, default: &'static str| {
        Arg::new(name).long(name).value_name("SECONDS").default_value(default)
    };
    let seconds = |name, default| time(name, default).value_parser(up_to_a_day);
    Verb::new("serve")
        .about("Answer programs from models of the store: recommend, artwork")
        .arg(source("recommend").help("Recommend titles with the model of this flow"))
        .arg(
            source("artwork")
                .action(ArgAction::Append)
                .help("Choose a title's pictures with the policy of this flow; may be repeated"),
        )
        .arg(
            Arg::new("tag")
                .long("tag")
                .value_name("TAG")
                .help("Serve only runs that have this tag"),
        )
        .arg(
            Arg::new("explore")
                .long("explore")
                .value_name("SHARE")
                .default_value("0")
                .value_parser(share)
                .help("Draw any picture in this share of choices, so that the log can tell"),
        )
        .arg(
            time("click-within", "60")
                .value_parser(up_to_an_hour)
                .help("Count a picture that was seen as not clicked after"),
        )
        .arg(seconds("look-every", "3").help("Look for newer runs"))
        .arg(seconds("write-every", "10").help("Write the log"))
        .arg(
            Arg::new("port")
                .long("port")
                .value_name("N")
                .value_parser(value_parser!(u16))
                .help(format!("The port; 0 takes a free one [default: {PORT}]")),
        )
        .arg(
            Arg::new("host")
                .long("host")
                .value_name("ADDRESS")
                .default_value("127.0.0.1")
                .help("Where to listen; beyond this machine only with --token"),
        )
        .arg(
            Arg::new("allow-host")
                .long("allow-host")
                .value_name("NAME")
                .action(ArgAction::Append)
                .help("A further name by which it is asked; may be repeated"),
        )
        .arg(tree::switch("token", "Ask for a token that requests must carry"))
        .arg(tree::store())
        .after_help(AFTER_HELP)
}

/// Serves until the user ends it.
pub fn act(shell: &Shell, matches: &ArgMatches) -> Outcome {
    let text = |name: &str| matches.get_one::<String>(name).map(String::as_str);
    let tag = text("tag").map(str::to_owned);
    let source = |name: &String| {
        // A run that is named is served, whatever its tags are.
        let tag = tag.clone().filter(|_| !name.contains('/'));
        Source { name: name.clone(), tag }
    };
    let recommend = matches.get_one::<String>("recommend").map(source);
    let artwork: Vec<Source> =
        matches.get_many::<String>("artwork").into_iter().flatten().map(source).collect();
    if recommend.is_none() && artwork.is_empty() {
        return Err(Error::asked(
            "there is nothing to serve",
            "name a flow whose models are served: --recommend FLOW, --artwork FLOW, or both",
        ));
    }
    let host = address(text("host").unwrap_or_default())?;
    let token = matches.get_flag("token").then(|| ask_for("Token")).transpose()?;
    let time = |name: &str| matches.get_one::<Duration>(name).copied();
    let failed = |source| Error::Io { what: "starting the asynchronous runtime", source };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(failed)?;
    let outcome = runtime.block_on(async {
        let store = open_store(text("store")).await?;
        let usual = Options::new(store, user());
        let server = Server::bind(Options {
            command: shell.line.clone(),
            recommend,
            artwork,
            explore: matches.get_one("explore").copied().unwrap_or(usual.explore),
            patience: time("click-within").unwrap_or(usual.patience),
            look: time("look-every").unwrap_or(usual.look),
            write: time("write-every").unwrap_or(usual.write),
            host,
            port: matches.get_one::<u16>("port").copied().unwrap_or(usual.port),
            allowed_hosts: matches
                .get_many::<String>("allow-host")
                .into_iter()
                .flatten()
                .cloned()
                .collect(),
            token,
            tell: Arc::new(|what| talk!("{what}")),
            ..usual
        })
        .await?;
        for model in server.models() {
            talk!("serving `{model}`");
        }
        say!("http://{}", server.at());
        if !host.is_loopback() {
            talk!("note: what goes over the network isn't encrypted; a proxy with TLS in front is");
        }
        server.run(told_to_stop()).await?;
        Ok(exit::OK)
    });
    // What a store doesn't answer is not waited for.
    runtime.shutdown_background();
    outcome
}

fn up_to_a_day(text: &str) -> Result<Duration, String> {
    seconds(text, 86_400.0).ok_or_else(|| "give 0.01 seconds or more, at most a day".to_owned())
}

/// Choices are forgotten after an hour.
fn up_to_an_hour(text: &str) -> Result<Duration, String> {
    seconds(text, 3_600.0).ok_or_else(|| "give 0.01 seconds or more, at most an hour".to_owned())
}

fn seconds(text: &str, most: f64) -> Option<Duration> {
    let number: f64 = text.parse().ok()?;
    (0.01..=most).contains(&number).then(|| Duration::from_secs_f64(number))
}

fn share(text: &str) -> Result<f64, String> {
    let number: Option<f64> = text.parse().ok();
    number
        .filter(|it| (0.0..=1.0).contains(it))
        .ok_or_else(|| "give a share between 0 and 1".to_owned())
}
