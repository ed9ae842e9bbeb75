//! What joins are given.

use super::fixture::{Run, names};

#[test]
fn a_join_of_a_foreach_has_the_winners_in_the_order_of_items() {
    let source = "
        start -> train each models
        train @retry:minutes_between_retries=0 -> pick
        pick(inputs) -> end
        end";
    let mut run = Run::of(source).width("start", 3);
    run.check("epoch 1", &["start/0.0"])
        .check("start/0.0 ok", &["train/0.0", "train/1.0", "train/2.0"])
        .check("train/2.0 ok", &[])
        .check("train/1.0 raises", &["train/1.1"])
        .check("train/0.0 ok", &[]);
    let join = run.launches("train/1.1 ok").remove(0);
    assert_eq!(names(&join.parents), ["train/0.0", "train/1.1", "train/2.0"]);
    assert!(join.foreach.is_empty());
}

#[test]
fn a_join_of_a_split_has_the_branches_in_the_order_of_self_next() {
    let source = "
        start -> b a
        a -> a2
        a2 -> join
        b -> join
        join(inputs) -> end
        end";
    let mut run = Run::of(source);
    run.check("epoch 1", &["start/0.0"]).check("start/0.0 ok", &["b/0.0", "a/0.0"]);
    run.check("a/0.0 ok", &["a2/0.0"]).check("a2/0.0 lost", &["a2/0.1"]).check("a2/0.1 ok", &[]);
    let join = run.launches("b/0.0 ok").remove(0);
    assert_eq!(names(&join.parents), ["b/0.0", "a2/0.1"]);
}

#[test]
fn a_foreach_of_nothing_goes_straight_to_its_join() {
    let source = "
        start -> outer each xs
        outer -> inner each ys
        inner -> close
        close(inputs) -> done
        done(inputs) -> end
        end";
    let mut run = Run::of(source).width("start", 2).width("outer", 0);
    run.check("epoch 1", &["start/0.0"]).check("start/0.0 ok", &["outer/0.0", "outer/1.0"]);
    let join = run.launches("outer/1.0 ok").remove(0);
    assert_eq!((join.attempt.to_string().as_str(), join.parents.len()), ("close/1.0", 0));
    assert_eq!((join.foreach[0].index, join.foreach[0].count), (1, 2));
    run.check("outer/0.0 ok", &["close/0.0"])
        .check("close/0.0 ok", &[])
        .check("close/1.0 ok", &["done/0.0"]);
    let mut run = Run::of(source).width("start", 0);
    run.check("epoch 1", &["start/0.0"]).check("start/0.0 ok", &["done/0.0"]);
}

#[test]
fn splits_and_foreaches_nest_either_way() {
    let source = "
        start -> left right
        left -> item each xs
        item -> p q
        p -> pq
        q -> pq
        pq(inputs) -> collect
        collect(inputs) -> both
        right -> both
        both(inputs) -> end
        end";
    let mut run = Run::of(source).width("left", 2);
    run.check("epoch 1", &["start/0.0"])
        .check("start/0.0 ok", &["left/0.0", "right/0.0"])
        .check("left/0.0 ok", &["item/0.0", "item/1.0"])
        .check("item/1.0 ok", &["p/1.0", "q/1.0"])
        .check("item/0.0 ok", &["p/0.0", "q/0.0"])
        .check("p/1.0 ok", &[])
        .check("p/0.0 ok", &[])
        .check("right/0.0 ok", &[]);
    let inner = run.launches("q/1.0 ok").remove(0);
    assert_eq!(names(&inner.parents), ["p/1.0", "q/1.0"]);
    assert_eq!((inner.foreach.len(), inner.foreach[0].index), (1, 1));
    run.check("pq/1.0 ok", &[]).check("q/0.0 ok", &["pq/0.0"]);
    let middle = run.launches("pq/0.0 ok").remove(0);
    assert_eq!(names(&middle.parents), ["pq/0.0", "pq/1.0"]);
    let outer = run.launches("collect/0.0 ok").remove(0);
    assert_eq!(names(&outer.parents), ["collect/0.0", "right/0.0"]);
}

#[test]
fn nested_items_know_every_level() {
    let source = "
        start -> outer each xs
        outer -> inner each ys
        inner -> close
        close(inputs) -> done
        done(inputs) -> end
        end";
    let mut run = Run::of(source).width("start", 2).width("outer", 3);
    run.check("epoch 1", &["start/0.0"]).check("start/0.0 ok", &["outer/0.0", "outer/1.0"]);
    run.check("outer/1.0 lost", &["outer/1.1"]);
    let launches = run.launches("outer/1.1 ok");
    let frames: Vec<_> = launches[2]
        .foreach
        .iter()
        .map(|frame| (frame.split.to_string(), frame.index, frame.count))
        .collect();
    assert_eq!(launches[2].attempt.to_string(), "inner/1-2.0");
    assert_eq!(names(&launches[2].parents), ["outer/1.1"]);
    assert_eq!(frames, [("start/0.0".into(), 1, 2), ("outer/1.1".into(), 2, 3)]);
}
