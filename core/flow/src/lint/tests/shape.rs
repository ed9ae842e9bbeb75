//! The flow as a whole.

use super::check;

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
