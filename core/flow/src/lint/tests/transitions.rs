//! `self.next`.

use super::{check, check_changed};

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
