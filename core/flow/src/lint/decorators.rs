//! Decorators whose attributes the schedule heeds: values that make sense, in places that do.

use std::collections::HashSet;

use serde_json::Value;

use super::Problem;
use super::names::is_reserved;
use crate::decorators::{KNOWN, timeout_ms};
use crate::description::{DecoratorDescription, StepDescription};
use crate::graph::outline::Outline;
use crate::help::list_in_words;
use crate::pathspec::is_name;

pub(super) fn check(outline: &Outline<'_>) -> Vec<Problem> {
    let nodes = outline.graph.node_indices();
    nodes.flat_map(|node| check_step(outline.graph[node], outline.splits(node))).collect()
}

fn check_step(step: &StepDescription, splits: bool) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut seen = HashSet::new();
    for decorator in &step.decorators {
        if !seen.insert(decorator.name.as_str()) {
            let message = format!("step `{}` has `@{}` twice", step.name, decorator.name);
            let problem = Problem::of_step(step, "duplicate-decorator", message);
            problems.push(problem.advise("keep one of them"));
            continue;
        }
        problems.extend(unknown_attributes(step, decorator));
        problems.extend(match decorator.name.as_str() {
            "retry" => retry(step, decorator),
            "timeout" => timeout(step, decorator),
            "catch" => catch(step, decorator, splits),
            "resources" => resources(step, decorator),
            _ => Vec::new(),
        });
    }
    problems
}

fn unknown_attributes(step: &StepDescription, decorator: &DecoratorDescription) -> Vec<Problem> {
    let Some(known) = KNOWN.iter().find(|known| known.name == decorator.name) else {
        return Vec::new();
    };
    let unknown =
        decorator.attributes.keys().filter(|key| !known.attributes.contains(&key.as_str()));
    unknown
        .map(|key| {
            let what = format!("`@{}` has no attribute `{key}`", decorator.name);
            let all = known.attributes.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>();
            wrong(step, what, &format!("it has {}", list_in_words(&all)))
        })
        .collect()
}

fn retry(step: &StepDescription, decorator: &DecoratorDescription) -> Vec<Problem> {
    let times = decorator.attributes.get("times").is_some_and(|times| !whole(times));
    let minutes = at_least(decorator, "minutes_between_retries", 0.0);
    let backoff = at_least(decorator, "backoff", 1.0);
    let problems = [
        times.then(|| attribute(step, decorator, "times", "must be a whole number, 0 or more")),
        minutes.then(|| attribute(step, decorator, "minutes_between_retries", "must be 0 or more")),
        backoff.then(|| attribute(step, decorator, "backoff", "must be 1 or more")),
    ];
    problems.into_iter().flatten().collect()
}

fn timeout(step: &StepDescription, decorator: &DecoratorDescription) -> Vec<Problem> {
    let units = ["seconds", "minutes", "hours"];
    let negative = units.into_iter().filter(|unit| at_least(decorator, unit, 0.0));
    let mut problems: Vec<_> =
        negative.map(|unit| attribute(step, decorator, unit, "must be 0 or more")).collect();
    if problems.is_empty() && timeout_ms(decorator).is_none() {
        problems.push(wrong(
            step,
            "`@timeout` gives no time".into(),
            "write `@timeout(minutes=5)`",
        ));
    }
    problems
}

fn catch(step: &StepDescription, decorator: &DecoratorDescription, splits: bool) -> Vec<Problem> {
    let mut problems = Vec::new();
    if splits {
        let message = format!("step `{}` splits, so `@catch` can't stand on it", step.name);
        let problem = Problem::of_step(step, "catch-on-split", message);
        let hint = "without its result nobody knows the branches: move the risky part into a step of its own, and catch there";
        problems.push(problem.advise(hint));
    }
    match decorator.attributes.get("var") {
        None | Some(Value::Null) => {}
        Some(Value::String(name)) if is_name(name) && !is_reserved(name) => {}
        Some(_) => {
            problems.push(attribute(
                step,
                decorator,
                "var",
                "must be a name that is free for an artifact",
            ));
        }
    }
    let print = decorator.attributes.get("print_exception");
    if print.is_some_and(|print| !print.is_boolean()) {
        problems.push(attribute(step, decorator, "print_exception", "must be `True` or `False`"));
    }
    problems
}

fn resources(step: &StepDescription, decorator: &DecoratorDescription) -> Vec<Problem> {
    let sizes = ["cpu", "memory", "gpu", "disk", "shared_memory"];
    let negative = sizes.into_iter().filter(|size| {
        let value = decorator.attributes.get(*size);
        !value.is_none_or(Value::is_null) && at_least(decorator, size, 0.0)
    });
    negative.map(|size| attribute(step, decorator, size, "must be 0 or more")).collect()
}

/// Whether an attribute is given and isn't a number of at least `least`.
fn at_least(decorator: &DecoratorDescription, name: &str, least: f64) -> bool {
    let value = decorator.attributes.get(name);
    value.is_some_and(|value| value.as_f64().is_none_or(|number| number < least))
}

fn whole(value: &Value) -> bool {
    value.as_u64().is_some_and(|times| u32::try_from(times).is_ok())
}

fn attribute(
    step: &StepDescription,
    decorator: &DecoratorDescription,
    name: &str,
    must: &str,
) -> Problem {
    let value = decorator.attributes.get(name).unwrap_or(&Value::Null);
    let what = format!("`@{}({name}={value})` makes no sense", decorator.name);
    wrong(step, what, &format!("`{name}` {must}"))
}

fn wrong(step: &StepDescription, what: String, hint: &str) -> Problem {
    let message = format!("step `{}`: {what}", step.name);
    Problem::of_step(step, "bad-decorator", message).advise(hint)
}
