//! Tables of notebooks: cells in Python unless they begin with `%%language`, and what is
//! read from where.

use std::sync::Arc;

use super::{CellNames, Delta, Resolution, Source, resolve};
use crate::Language;
use crate::facts::{Class, Facts, facts};

fn read(cells: &[&str]) -> Vec<(Language, Facts)> {
    let cells = cells.iter().map(|cell| {
        let (language, source) = match cell.strip_prefix("%%") {
            Some(rest) if Language::from_name(rest.lines().next().unwrap_or("")).is_some() => {
                let (name, source) = rest.split_once('\n').expect("a language's line");
                (Language::from_name(name).expect("a language"), source)
            }
            _ => (Language::Python, *cell),
        };
        (language, facts(language, source))
    });
    cells.collect()
}

fn solve(cells: &[&str]) -> Resolution {
    let facts = read(cells);
    let sources: Vec<Source<'_>> = facts
        .iter()
        .map(|(language, facts)| Source { language: *language, facts, delta: None })
        .collect();
    resolve(&sources)
}

fn line(names: &CellNames) -> String {
    let reads = names.reads.iter().map(|(name, cells)| {
        let cells: Vec<String> = cells.iter().map(ToString::to_string).collect();
        format!("{name}={}", cells.join(","))
    });
    reads.collect::<Vec<_>>().join(" ")
}

/// Checks what the last cell reads: `x=2,0` says from cell 2, or from cell 0.
#[track_caller]
fn check(cells: &[&str], expected: &str) {
    let answer = solve(cells);
    assert_eq!(line(answer.cells.last().expect("a cell")), expected, "\n{}", cells.join("\n---\n"));
}

/// Checks what the last cell changes in place.
#[track_caller]
fn check_changes(cells: &[&str], expected: &str) {
    let answer = solve(cells);
    let last = answer.cells.last().expect("a cell");
    let found: Vec<String> = last
        .mutates
        .iter()
        .map(|(name, deep)| format!("{name}{}", if *deep { "*" } else { "" }))
        .collect();
    assert_eq!(found.join(" "), expected, "\n{}", cells.join("\n---\n"));
}

#[track_caller]
fn check_class(cells: &[&str], expected: Class) {
    let answer = solve(cells);
    let last = answer.cells.last().expect("a cell");
    assert_eq!(last.class, expected, "{:?}\n{}", last.effects, cells.join("\n---\n"));
}

#[test]
fn the_nearest_definition_above() {
    check(&["x = 1", "x = 2", "y = x"], "x=1");
    check(&["x = 1", "y = x", "x = 2"], "");
    check(&["y = x", "x = 1", "y = x"], "x=1");
    check(&["x = 1", "x = x + 1", "x = x + 1"], "x=1");
    check(&["x = 1", "del x", "y = x"], "");
}

#[test]
fn both_sides_of_an_if_stay() {
    check(&["x = 1", "if c:\n    x = 2", "y = x"], "x=1,0");
    check(&["x = 1", "if c:\n    x = 2\nelse:\n    x = 3", "y = x"], "x=1");
    check(&["for i in r:\n    x = i", "y = x"], "x=0");
    check(&["x = 0", "try:\n    x = f()\nexcept E:\n    pass", "y = x"], "x=1,0");
}

#[test]
fn what_happened_decides() {
    let facts = read(&["x = 1", "if c:\n    x = 2", "y = x"]);
    let happened = Delta { defined: ["x".into()].into(), ..Delta::default() };
    let nothing = Delta::default();
    for (delta, expected) in [(&happened, "x=1"), (&nothing, "x=0")] {
        let sources: Vec<Source<'_>> = facts
            .iter()
            .enumerate()
            .map(|(at, (language, facts))| Source {
                language: *language,
                facts,
                delta: (at == 1).then_some(delta),
            })
            .collect();
        assert_eq!(line(&resolve(&sources).cells[2]), expected);
    }
}

#[test]
fn who_reads_a_function_reads_what_it_reads_late() {
    check(&["def f():\n    return k", "k = 1", "y = f()"], "f=0 k=1");
    check(&["k = 0", "def f():\n    return k", "k = 1", "y = f()"], "f=1 k=2");
    check(
        &["def f():\n    return g()", "def g():\n    return k", "k = 1", "y = f()"],
        "f=0 g=1 k=2",
    );
    check(&["def f():\n    return k", "k = 1", "k = 2\ny = f()"], "f=0");
    check(&["def f():\n    return k", "k = 1", "y = f()\nk = 2"], "f=0 k=1");
    check(&["def f():\n    return f2()\ndef f2():\n    return f()", "f()"], "f=0 f2=0");
    check(&["f = lambda x: x * k", "k = 2", "f(1)"], "f=0 k=1");
}

#[test]
fn objects_carry_their_class() {
    let class = "class M:\n    def run(self):\n        return k";
    check(
        &[class, "k = 1", "m = M()", "k = 2", "m.run()"],
        "M=0 k=3 m=2".replace("M=0 ", "").as_str(),
    );
    check(&[class, "def make():\n    return M()", "m = make()", "k = 2", "m.run()"], "k=3 m=2");
    check(&["def make():\n    return lambda: k", "h = make()", "k = 2", "h()"], "h=1 k=2");
    check(&["def clean(d):\n    return d * k", "k = 1", "e = clean(2)", "k = 2", "e + 1"], "e=2");
    check(
        &["def f():\n    return k", "hooks = []", "hooks.append(f)", "k = 1", "hooks[0]()"],
        "hooks=2 k=3",
    );
}

#[test]
fn changes_define_the_next_version() {
    check(&["d = {}", "d['a'] = 1", "d['a'] = 2", "d"], "d=2");
    check(&["x = 1", "x += 1", "x"], "x=1");
    check(&["def add(v):\n    xs.append(v)", "xs = []", "add(1)", "xs"], "xs=2");
    check(&["def grow(d):\n    d['x'] = 1", "d = {}", "grow(d)", "d"], "d=2");
    check(&["def count():\n    global n\n    n += 1", "n = 0", "count()", "n"], "n=2");
    check(
        &["class C:\n    def up(self):\n        self.n += 1", "c = C()", "y = c.up()", "c"],
        "c=2",
    );
    check(&["rng = np.random.default_rng(0)", "a = rng.normal()", "b = rng.normal()"], "rng=1");
    check(&["it = iter(xs)", "a = next(it)", "b = next(it)"], "it=1");
}

#[test]
fn sharing_is_followed() {
    check_changes(&["a = []", "b = a", "b.append(1)"], "a b");
    check_changes(&["a = []", "b = a", "a.append(1)"], "a b");
    check_changes(&["a = []", "b = [a]", "a.append(1)"], "a b*");
    check_changes(&["a = []", "b = [a]", "b.append(1)"], "b");
    check_changes(&["a = []", "b = [a]", "b[0].append(1)"], "a* b*");
    check_changes(&["c = {'x': {}}", "d = c['x']", "d['y'] = 1"], "c* d");
}

#[test]
fn modules_are_no_values() {
    check_changes(&["import plot_things as p", "p.draw(x)\np.size = 3"], "");
    check_class(&["import settings as p", "p.size = 3"], Class::Effect);
    check_class(&["import matplotlib.pyplot as plt", "plt.plot(x)\nplt.show()"], Class::Value);
    check_class(&["import seaborn as s", "s.heatmap(x)\nprint(1)"], Class::Value);
    check_class(&["from tools import run", "run(x)\nprint(1)"], Class::Effect);
    check_class(&["def run(x):\n    print(x)", "run(x)\nprint(1)"], Class::Value);
    check_class(&["import os\ndef run(x):\n    os.remove(x)", "run(x)\nprint(1)"], Class::Effect);
    check_class(
        &["import os\ndef run(x):\n    os.remove(x)", "def again(x):\n    run(x)"],
        Class::Definition,
    );
}

#[test]
fn anything_above_may_be_meant() {
    check(&["x = 1", "y = 2", "eval('x + y')"], "x=0 y=1");
    check(&["x = 1", "from a import *", "x"], "x=1,0");
    check(&["from a import *", "x = 1", "x"], "x=1");
}

#[test]
fn readers_and_exports() {
    let answer =
        solve(&["df = load()", "n = 1", "%%sql\n-- out: top\nselect * from df", "top.head()"]);
    assert_eq!(answer.cells[0].exports.iter().map(Arc::as_ref).collect::<Vec<_>>(), ["df"]);
    assert!(answer.cells[1].exports.is_empty());
    assert_eq!(answer.cells[2].exports.iter().map(Arc::as_ref).collect::<Vec<_>>(), ["top"]);
    assert_eq!(answer.cells[0].readers, [2].into());
    assert_eq!(answer.below(0), [2, 3].into());
    assert_eq!(answer.above(3), [0, 2].into());
}

#[test]
fn languages_meet() {
    check(
        &[
            "%%wasm\n;; export: score(x: f64[]) -> f64[]\n(module)",
            "t = load()",
            "%%sql\nselect score(v), sum(v) from t",
        ],
        "score=0 t=1",
    );
    check(&["sum = 3\nt = load()", "%%sql\nselect sum(v) from t"], "t=0");
    check(&["xs = [1.0]", "%%rust\nlet total: f64 = xs.iter().sum();", "total"], "total=1");
    check(
        &["%%rust\nfn twice(x: f64) -> f64 { x * 2.0 }", "%%rust\nlet y = twice(2.0);"],
        "twice=0",
    );
}

#[test]
fn a_value_is_called_by_sql_unless_sql_has_such_a_function() {
    let made = "alive = model.function('probability_alive')";
    check(&[made, "%%sql\nselect alive(x) from t"], "alive=0");
    check(&[made, "%%sql\nselect ALIVE(x), count(*) from t"], "alive=0");
    check(&["count = rows()", "%%sql\nselect count(*) from t"], "");
    check(&["def alive(x): return x", "%%sql\nselect alive(x) from t"], "");
    check(&["from spark import score", "%%sql\nselect score(x) from t"], "");
}
