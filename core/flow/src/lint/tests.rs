//! One flow per rule, with the text that its author reads.

use serde_json::json;

use super::{CODES, lint};
use crate::description::FlowDescription;
use crate::fixture::flow;

fn check_changed(source: &str, change: impl FnOnce(&mut FlowDescription), expect: &str) {
    let mut flow = flow(source);
    change(&mut flow);
    let problems = lint(&flow);
    let text: Vec<_> = problems.iter().map(ToString::to_string).collect();
    let trim = |text: &str| text.lines().map(str::trim).collect::<Vec<_>>().join("\n");
    assert_eq!(trim(&text.join("\n")), trim(expect.trim()));
    for problem in problems {
        assert!(CODES.contains(&problem.code), "`{}` is not in CODES", problem.code);
        assert!(problem.hint.is_some(), "every problem has a hint");
    }
}

fn check(source: &str, expect: &str) {
    check_changed(source, |_| {}, expect);
}

#[test]
fn a_flawless_flow_has_no_problems() {
    check(
        "start -> a b\n a -> c each xs\n c -> d\n d(inputs) -> j\n b -> j\n j(inputs) -> end\n end",
        "",
    );
    check("start -> a b\n a -> end\n b -> end\n end(inputs)", "");
}

#[test]
fn missing_start_and_end() {
    check(
        "middle -> last\n last -> middle",
        "error: flow `Test` has no step `start`
           --> flow.py:1
         hint: add `@step def start(self)`: every run begins there
         error: flow `Test` has no step `end`
           --> flow.py:1
         hint: add `@step def end(self)`: every run ends there",
    );
    check(
        "strat -> end\n end",
        "error: flow `Test` has no step `start`
           --> flow.py:1
         hint: is `strat` meant to be `start`?",
    );
    check(
        "start -> end",
        "error: flow `Test` has no step `end`
           --> flow.py:1
         hint: add `@step def end(self)`: every run ends there",
    );
}

#[test]
fn end_goes_on() {
    check(
        "start -> end\n end -> start",
        "error: step `end` is the last one, but calls `self.next`
           --> flow.py:23
         hint: remove the call, or rename the step",
    );
}

#[test]
fn unreachable_step() {
    check(
        "start -> end\n lost -> after\n after -> end\n end",
        "error: nothing leads to step `lost`
           --> flow.py:20
         hint: name it in a `self.next`, or remove it",
    );
    check(
        "start -> end\n ping -> pong\n pong -> ping\n end",
        "error: nothing leads to step `ping`
           --> flow.py:20
         hint: name it in a `self.next`, or remove it",
    );
}

#[test]
fn step_without_next() {
    check(
        "start -> a b\n a\n b -> join\n join(inputs) -> end\n end",
        "error: step `a` has no `self.next`
           --> flow.py:20
         hint: end it with a call such as `self.next(self.end)`; only `end` needs none",
    );
}

#[test]
fn unknown_target() {
    check(
        "start -> trian\n train -> evaluate\n middle -> end\n end",
        "error: step `start` leads to `trian`, which is not a step
           --> flow.py:13
         hint: did you mean `train`?
         error: step `train` leads to `evaluate`, which is not a step
           --> flow.py:23
         hint: `Test` has the steps `start`, `train`, `middle` and `end`",
    );
}

#[test]
fn cycle() {
    check(
        "start -> a\n a -> b\n b -> a\n end",
        "error: step `b` leads back to `a`: a → b → a
           --> flow.py:33
         hint: a flow only goes forward: loop inside a step, or over items with `foreach`",
    );
    check(
        "start -> start\n end",
        "error: step `start` leads back to `start`: start → start
           --> flow.py:13
         hint: a flow only goes forward: loop inside a step, or over items with `foreach`",
    );
}

#[test]
fn join_without_inputs() {
    check(
        "start -> a b\n a -> train\n b -> train\n train -> end\n end",
        "error: step `train` joins branches but takes no `inputs` argument
           --> flow.py:40
         hint: change the signature to `def train(self, inputs)`",
    );
}

#[test]
fn inputs_without_a_split() {
    check(
        "start -> a\n a(inputs) -> end\n end",
        "error: step `a` takes `inputs` but has no branches to join
           --> flow.py:20
         hint: change the signature to `def a(self)`, or split before it",
    );
    check(
        "start(inputs) -> end\n end",
        "error: step `start` takes `inputs` but has no branches to join
           --> flow.py:10
         hint: change the signature to `def start(self)`, or split before it",
    );
}

#[test]
fn split_that_nothing_joins() {
    check(
        "start -> a each xs\n a -> end\n end",
        "error: step `start` splits, but nothing joins its branches before `end`
           --> flow.py:13
         hint: lead every branch to a step that takes `inputs`: `def join(self, inputs)`",
    );
    check(
        "start -> a each xs\n a -> b each ys\n b -> j\n j(inputs) -> end\n end",
        "error: step `start` splits, but nothing joins its branches before `end`
           --> flow.py:13
         hint: lead every branch to a step that takes `inputs`: `def join(self, inputs)`",
    );
}

#[test]
fn join_that_leaves_branches_out() {
    check(
        "start -> a b c\n a -> j\n b -> j\n c -> end\n j(inputs) -> end\n end",
        "error: step `j` joins the split in `start` without `c`
           --> flow.py:50
         hint: lead every branch of `start` to `j`",
    );
}

#[test]
fn join_of_different_splits() {
    check(
        "start -> a b\n a -> c each xs\n c -> j\n b -> j\n j(inputs) -> end\n end",
        "error: step `j` joins branches of different splits: `c` of the split in `a` and `b` of the split in `start`
           --> flow.py:50
         hint: join the branches of each split in a step of its own first",
    );
}

#[test]
fn split_that_leads_straight_to_its_join() {
    check(
        "start -> a j\n a -> j\n j(inputs) -> end\n end",
        "error: step `start` splits and leads straight to its join `j`
           --> flow.py:13
         hint: put a step between them",
    );
    check(
        "start -> j each xs\n j(inputs) -> end\n end",
        "error: step `start` splits and leads straight to its join `j`
           --> flow.py:13
         hint: put a step between them",
    );
}

#[test]
fn reserved_names() {
    check_changed(
        "start -> next\n next -> end\n end",
        |flow| flow.constants = vec!["input".into(), "rate".into()],
        "error: `input` can't be an attribute of a flow: every flow has it already
           --> flow.py:1
         hint: rename the attribute
         error: `next` can't be the name of a step: every flow has it already
           --> flow.py:20
         hint: rename it, for instance to `next_step`",
    );
}

#[test]
fn duplicate_step() {
    check(
        "start -> a\n a -> end\n a -> end\n end",
        "error: step `a` is defined twice
           --> flow.py:30
         hint: rename one of them; the first is at flow.py:20",
    );
}

#[test]
fn signatures() {
    let mut arguments = vec![vec![], vec!["self".to_owned(), "x".into(), "y".into()]].into_iter();
    check_changed(
        "start -> end\n end",
        |flow| flow.steps.iter_mut().for_each(|step| step.arguments = arguments.next().expect("two")),
        "error: step `start` takes no `self`
           --> flow.py:10
         hint: write `def start(self)`, or `def start(self, inputs)` if it joins; values reach a step as artifacts
         error: step `end` takes more than `self` and `inputs`
           --> flow.py:20
         hint: write `def end(self)`, or `def end(self, inputs)` if it joins; values reach a step as artifacts",
    );
}

#[test]
fn foreach_over_nothing() {
    for name in [None, Some(String::new()), Some("x y".into())] {
        check_changed(
            "start -> a each xs\n a -> j\n j(inputs) -> end\n end",
            |flow| {
                let next = &mut flow.steps[0].transitions[0];
                next.literal = name.is_some();
                next.foreach = name;
            },
            "error: `foreach` in step `start` names no artifact
               --> flow.py:13
             hint: give the name of an attribute as text: `foreach=\"items\"`",
        );
    }
}

#[test]
fn foreach_to_several_steps() {
    check(
        "start -> a b each xs\n a -> j\n b -> j\n j(inputs) -> end\n end",
        "error: `foreach` in step `start` leads to several steps
           --> flow.py:13
         hint: lead to one step, and let that one split",
    );
}

#[test]
fn next_not_last() {
    check_changed(
        "start -> a\n a -> end\n b -> end\n end",
        |flow| {
            let mut other = flow.steps[0].transitions[0].clone();
            (other.line, other.targets, other.last) = (15, vec!["b".into()], false);
            flow.steps[0].transitions[0].last = false;
            flow.steps[0].transitions.push(other);
            flow.steps.remove(2);
            flow.steps[0].transitions[1].targets = vec!["a".into()];
        },
        "error: `self.next` is not the last statement of step `start`
           --> flow.py:13
         hint: call it once, on the last line of the step, outside `if`, `for` and `with`",
    );
}

#[test]
fn next_not_literal() {
    check_changed(
        "start -> a\n a -> end\n end",
        |flow| {
            let next = &mut flow.steps[0].transitions[0];
            (next.literal, next.targets) = (false, vec![]);
        },
        "error: `self.next` in step `start` takes something other than steps
           --> flow.py:13
         hint: write the steps themselves: `self.next(self.a)` or `self.next(self.a, self.b)`",
    );
}

#[test]
fn next_names_nothing_or_one_step_twice() {
    check_changed(
        "start -> a\n a -> end\n end",
        |flow| flow.steps[0].transitions[0].targets.clear(),
        "error: `self.next` in step `start` names no step
           --> flow.py:13
         hint: write the steps themselves: `self.next(self.a)` or `self.next(self.a, self.b)`",
    );
    check(
        "start -> a a\n a -> end\n end",
        "error: step `start` leads to `a` twice
           --> flow.py:13
         hint: name each step once; `foreach` runs one step several times",
    );
}

#[test]
fn unknown_keywords() {
    let check_keyword = |keyword: &str, hint: &str| {
        check_changed(
            "start -> end\n end",
            |flow| {
                let next = &mut flow.steps[0].transitions[0];
                (next.keywords, next.literal) = (vec![keyword.into()], false);
            },
            &format!(
                "error: `self.next` in step `start` takes no keyword `{keyword}`
                   --> flow.py:13
                 hint: {hint}"
            ),
        );
    };
    check_keyword("foreahc", "did you mean `foreach`?");
    check_keyword("condition", "switches aren't supported yet: branch inside a step");
    check_keyword("num_parallel", "gangs aren't supported yet: use `foreach` over a range");
    check_keyword("colour", "it takes steps and `foreach`");
}

#[test]
fn parameters() {
    let parameter = |(line, name): (usize, &str)| {
        let attribute = name.replace('-', "_");
        json!({"name": name, "attribute": attribute, "kind": "int", "line": 2 + line})
    };
    let names = ["alpha", "max_workers", "my-param", "my_param", "2x", "next"];
    let parameters = names.into_iter().enumerate().map(parameter).collect::<Vec<_>>();
    check_changed(
        "start -> end\n end",
        |flow| flow.parameters = serde_json::from_value(json!(parameters)).expect("parameters"),
        "error: parameter `max_workers` clashes with the option `--max-workers` of `flownote run`
           --> flow.py:3
         hint: rename it, for instance to `my-max-workers`
         error: parameters `my-param` and `my_param` are both `--my-param` on the command line
           --> flow.py:5
         hint: rename one of them; the first is on line 4
         error: `2x` can't be the name of a parameter
           --> flow.py:6
         hint: begin with a letter, go on with letters, digits, `-` and `_`
         error: `next` can't be a parameter's attribute: every flow has it already
           --> flow.py:7
         hint: rename the attribute",
    );
}

#[test]
fn catch_on_a_split() {
    check(
        "start @catch -> a each xs\n a -> j\n j(inputs) -> end\n end",
        "error: step `start` splits, so `@catch` can't stand on it
           --> flow.py:10
         hint: without its result nobody knows the branches: move the risky part into a step of its own, and catch there",
    );
}

#[test]
fn decorators_that_make_no_sense() {
    let check_decorator = |spec: &str, message: &str, hint: &str| {
        let expect = format!("error: step `start`: {message}\n --> flow.py:10\nhint: {hint}");
        check(&format!("start {spec} -> end\n end"), &expect);
    };
    check_decorator(
        "@retry:times=-1",
        "`@retry(times=-1)` makes no sense",
        "`times` must be a whole number, 0 or more",
    );
    check_decorator(
        "@retry:minutes_between_retries=-0.5",
        "`@retry(minutes_between_retries=-0.5)` makes no sense",
        "`minutes_between_retries` must be 0 or more",
    );
    check_decorator(
        "@retry:backoff=0",
        "`@retry(backoff=0)` makes no sense",
        "`backoff` must be 1 or more",
    );
    check_decorator("@timeout", "`@timeout` gives no time", "write `@timeout(minutes=5)`");
    check_decorator(
        "@timeout:seconds=\"5\"",
        "`@timeout(seconds=\"5\")` makes no sense",
        "`seconds` must be 0 or more",
    );
    check_decorator(
        "@catch:var=next",
        "`@catch(var=\"next\")` makes no sense",
        "`var` must be a name that is free for an artifact",
    );
    check_decorator(
        "@resources:memory=-5",
        "`@resources(memory=-5)` makes no sense",
        "`memory` must be 0 or more",
    );
    check_changed(
        "start @retry -> end\n end",
        |flow| drop(flow.steps[0].decorators[0].attributes.insert("time".into(), json!(3))),
        "error: step `start`: `@retry` has no attribute `time`
           --> flow.py:10
         hint: it has `times`, `minutes_between_retries` and `backoff`",
    );
    check(
        "start @retry @retry -> end\n end",
        "error: step `start` has `@retry` twice
           --> flow.py:10
         hint: keep one of them",
    );
}

#[test]
fn all_problems_are_found_at_once() {
    let problems = lint(&flow(
        "start -> a b
         a @retry:times=-2 -> trian
         train -> join
         b -> join
         join -> last
         last
         lonely -> last
         end -> start",
    ));
    let codes: Vec<_> = problems.iter().map(|problem| (problem.line, problem.code)).collect();
    assert_eq!(
        codes,
        [
            (20, "bad-decorator"),
            (23, "unknown-target"),
            (50, "join-without-inputs"),
            (60, "missing-next"),
            (83, "end-goes-on"),
        ]
    );
}
