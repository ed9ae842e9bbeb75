//! Splits and joins.

use super::check;

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
