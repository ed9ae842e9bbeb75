//! A flow as a picture: Graphviz's `dot` and Mermaid's flowchart, as text.

use std::fmt::Write;

use super::{FlowGraph, Step, StepKind, Transition};

impl FlowGraph {
    /// The flow in Graphviz's language.
    pub fn dot(&self) -> String {
        let mut out = format!("digraph \"{}\" {{\n  rankdir=TB;\n", self.name());
        out += "  node [shape=box, style=rounded, fontname=\"sans-serif\"];\n";
        for step in self.steps() {
            let shape = match step.kind {
                StepKind::Start | StepKind::End => "oval",
                StepKind::Split => "diamond",
                StepKind::Foreach => "box3d",
                StepKind::Join => "invtrapezium",
                StepKind::Linear => "box",
            };
            let _ = writeln!(out, "  \"{}\" [shape={shape}];", step.name);
        }
        for (from, to, label) in self.edges() {
            let label =
                label.map(|over| format!(" [label=\"each of {over}\"]")).unwrap_or_default();
            let _ = writeln!(out, "  \"{}\" -> \"{to}\"{label};", from.name);
        }
        out + "}\n"
    }

    /// The flow in Mermaid's language.
    pub fn mermaid(&self) -> String {
        let mut out = String::from("flowchart TD\n");
        for step in self.steps() {
            let (open, close) = match step.kind {
                StepKind::Start | StepKind::End => ("([", "])"),
                StepKind::Split => ("{{", "}}"),
                StepKind::Foreach => ("[[", "]]"),
                StepKind::Join => ("[\\", "/]"),
                StepKind::Linear => ("[", "]"),
            };
            // `end` is a word of Mermaid's own, so ids carry a prefix.
            let _ = writeln!(out, "  s_{0}{open}{0}{close}", step.name);
        }
        for (from, to, label) in self.edges() {
            let label = label.map(|over| format!("|each of {over}|")).unwrap_or_default();
            let _ = writeln!(out, "  s_{} -->{label} s_{to}", from.name);
        }
        out
    }

    fn edges(&self) -> impl Iterator<Item = (&Step, &str, Option<&str>)> {
        self.steps().flat_map(|step| {
            let label = match &step.next {
                Transition::Foreach { over, .. } => Some(over.as_str()),
                _ => None,
            };
            step.next.targets().iter().map(move |target| (step, target.as_str(), label))
        })
    }
}
