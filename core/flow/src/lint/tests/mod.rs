//! One flow per rule, with the text that its author reads.

mod any_flow;
mod decorators;
mod names;
mod pairing;
mod shape;
mod transitions;

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
