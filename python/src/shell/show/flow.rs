//! A flow's structure: parameters, steps, and how they follow each other.

use console::style;
use flownote_flow::description::FlowDescription;
use flownote_flow::graph::{FlowGraph, Step, Transition};
use flownote_flow::help::list_in_words;

use super::super::table::{Table, flexible, text};
use super::super::{Exit, Outcome, output, words};
use super::{indented, inner_width};

/// Shows it; a flow with problems shows those.
pub fn show(flow: &FlowDescription, json: bool) -> Outcome {
    if json {
        return output::finish(output::json(flow));
    }
    match FlowGraph::new(flow) {
        Ok(graph) => output::finish(output::write(render(flow, &graph))),
        Err(problems) => {
            problems.iter().for_each(|problem| output::talk(&format!("{problem}\n")));
            Exit::Usage.into()
        }
    }
}

fn render(flow: &FlowDescription, graph: &FlowGraph) -> String {
    let place = style(format!("{}:{}", flow.file, flow.line)).dim();
    let mut out = format!("{}  {place}\n", style(&flow.name).bold());
    out.push_str(&indented(flow.doc.as_deref().unwrap_or_default()));
    if !flow.parameters.is_empty() {
        let columns = [text("PARAMETER"), text("TYPE"), flexible("DEFAULT"), flexible("MEANING")];
        let mut table = Table::new(&columns);
        for parameter in &flow.parameters {
            let default = match &parameter.default {
                _ if parameter.required => "required".into(),
                default => default.clone().unwrap_or_default(),
            };
            let help = parameter.help.clone().unwrap_or_default();
            table.row([parameter.name.clone(), parameter.kind.clone(), default, help]);
        }
        out.push_str(&format!("\n{}", indented(&table.render(inner_width()))));
    }
    let mut table =
        Table::new(&[text("STEP"), flexible("THEN"), flexible("WITH"), flexible("MEANING")]);
    for step in graph.ordered() {
        let with = step.decorators.iter().map(|decorator| format!("@{}", decorator.name));
        let doc = step.doc.as_deref().and_then(|doc| doc.lines().next()).unwrap_or_default();
        table.row([
            step.name.to_string(),
            then(step),
            with.collect::<Vec<_>>().join(" "),
            doc.to_owned(),
        ]);
    }
    out.push_str(&format!("\n{}", indented(&table.render(inner_width()))));
    out + &words::next(&[
        (format!("flownote run {}", flow.file), "run it"),
        (format!("flownote graph {}", flow.file), "its graph"),
    ])
}

fn then(step: &Step) -> String {
    let names: Vec<String> = step.next.targets().iter().map(ToString::to_string).collect();
    let joins = match &step.joins {
        Some(split) => format!("joins `{split}`, "),
        None => String::new(),
    };
    match &step.next {
        Transition::End => joins.trim_end_matches(", ").to_owned(),
        Transition::Foreach { step, over } => format!("{joins}for each of `{over}`: {step}"),
        _ => format!("{joins}{}", list_in_words(&names)),
    }
}
