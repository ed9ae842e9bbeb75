//! Decorators.

use serde_json::json;

use super::{check, check_changed};

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
