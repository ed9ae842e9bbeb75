//! `graph`: the flow as a picture.

use clap::{Arg, Command};
use flownote_flow::graph::FlowGraph;

use super::{Exit, Outcome, Shell, flow_option, output};

/// `flownote graph`.
pub fn command() -> Command {
    Command::new("graph")
        .about("Print a flow's graph")
        .arg(flow_option::flow())
        .arg(
            Arg::new("format")
                .long("format")
                .value_parser(["dot", "mermaid"])
                .default_value("mermaid")
                .help("Graphviz or Mermaid"),
        )
        .after_help("Example:\n  flownote graph flow.py --format dot | dot -Tsvg > flow.svg")
}

/// Prints the graph.
pub fn act(shell: &Shell<'_>) -> Outcome {
    let Some(flow) = shell.flow else { return Exit::Usage.into() };
    match FlowGraph::new(flow) {
        Ok(graph) => {
            let dot =
                shell.matches.get_one::<String>("format").is_some_and(|format| format == "dot");
            output::finish(output::write(if dot { graph.dot() } else { graph.mermaid() }))
        }
        Err(problems) => {
            problems.iter().for_each(|problem| eprintln!("{problem}\n"));
            Exit::Usage.into()
        }
    }
}
