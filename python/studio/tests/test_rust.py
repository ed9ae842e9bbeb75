"""Rust cells in their own process: items, values, errors on their lines, and what ends them."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from interpreter_process import Interpreter, Ran

ANSI = re.compile(r"\x1b\[[0-9;]*m")


class Rust(Interpreter):
    """The process that runs Rust cells."""

    def __init__(self, folder: Path, options: dict[str, Any] | None = None) -> None:
        super().__init__(folder, options, module="flownote_studio.rust")

    def cell(self, code: str, **more: Any) -> Ran:
        """Run a cell to its end, whatever that is."""
        return self.run(code, "rust", **more)

    def make(self, code: str, **more: Any) -> Ran:
        """Run a cell that must end well."""
        return self.cell(code, **more).ok

    def value(self, name: str) -> Any:
        """Return what the newest cell that defined a name left, as a Python cell sees it."""
        version = self.made[name]
        answer = self.ask("export", names={name: version}, common=True)
        return self.python(name, answer["values"][name])

    def wait(self, execution: int) -> Ran:
        ran = super().wait(execution)
        self.made = getattr(self, "made", {}) | dict.fromkeys(ran.finished["defined"], execution)
        return ran


@pytest.fixture(scope="module")
def rust(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rust]:
    """A process for the tests that neither end it nor care what was there before."""
    with Rust(tmp_path_factory.mktemp("rust")) as process:
        yield process


def plain(ran: Ran) -> str:
    """What a cell's error says, as one text."""
    return ANSI.sub("", "\n".join(ran.error["traceback"]))


def printed(ran: Ran) -> str:
    """What a cell printed to standard output."""
    return "".join(
        one["text"] for one in ran.outputs if one["kind"] == "stream" and one["name"] == "stdout"
    )


def test_items_are_seen_below_and_lets_are_left(rust: Rust) -> None:
    made = rust.cell("struct Point { x: f64, y: f64 }\n"
                     "impl Point { fn norm(&self) -> f64 { self.x.hypot(self.y) } }\n"
                     "fn twice(x: f64) -> f64 { 2.0 * x }\n"
                     "let point = Point { x: 3.0, y: 4.0 };").ok  # fmt: skip
    assert made.finished["defined"]["point"]["type"] == "Point"
    assert made.finished["defined"]["twice"]["type"] == "fn"
    ran = rust.cell("let norm = point.norm();\ntwice(norm)").ok
    assert ran.data() == "10.0"
    assert rust.value("norm") == 5.0


def test_text_and_displays_come_in_the_order_of_their_lines(rust: Rust) -> None:
    ran = rust.cell(
        'println!("one");\ndisplay(&Html("<b>two</b>"));\neprintln!("three");\n'
        'display(&Png(vec![1, 2, 3]));\ndisplay(&Vega(json!({"mark": "bar"})));\n'
        'Frame::new().with("n", vec![1i64, 2])'
    ).ok
    kinds = [next(iter(one.get("data", {"text": 0}))) for one in ran.outputs]
    assert kinds[:4] == ["text", "text/html", "text", "image/png"]
    assert any("vega" in kind for kind in ran.outputs[4]["data"])
    assert ran.outputs[0]["text"] == "one\n" and ran.outputs[2]["name"] == "stderr"
    assert "<table" in ran.data("text/html")
    assert ran.outputs[3]["data"]["image/png"] == "AQID"


def test_all_rows_of_a_shown_table_can_be_asked_for(rust: Rust) -> None:
    code = (
        'let long = Frame::new().with("n", (0..200i64).collect::<Vec<_>>());\n'
        'display(&Frame::new().with("word", vec!["a", "b"]));\nlong'
    )
    ran = rust.cell(code, cell="shows").ok
    tables = [one["metadata"]["flownote"]["table"] for one in ran.outputs]
    assert tables == [
        {"name": "table 1", "rows": 2, "columns": 1},
        {"name": "table 2", "rows": 200, "columns": 1},
    ]
    assert "table 2" not in ran.finished["defined"], "no name of the notebook"

    def rows(name: str, version: int) -> list[Any]:
        answer = rust.ask("export", names={name: version}, common=True)
        return list(rust.python(name, answer["values"][name]).iloc[:, 0])

    failed = rust.cell('display(&long);\nlet none: i64 = "x".parse()?;', cell="fails")
    assert failed.status == "error"
    assert rows("table 1", failed.finished["execution"]) == list(range(200)), "it is seen"
    first = ran.finished["execution"]
    assert rows("table 1", first) == ["a", "b"]
    assert rows("table 2", first) == list(range(200))
    again = rust.cell("long", cell="shows").ok
    table = again.outputs[0]["metadata"]["flownote"]["table"]
    assert rows(table["name"], again.finished["execution"]) == list(range(200))
    answer = rust.ask("export", names={"table 2": first}, common=True)
    assert "error" in str(answer), "the cell was run anew"


def test_values_of_python_are_read_and_written(rust: Rust) -> None:
    frame = pd.DataFrame({"title": ["a", "b", "c"], "stars": [1.5, 2.5, 3.5], "n": [1, 2, 3]})
    rust.give(
        frame=frame, array=np.arange(6.0).reshape(2, 3), count=3, share=0.5, name="Ana",
        numbers=[1, 2, 3], names=["x", "y"], mixed={"a": [1, None]}, yes=True,
    )  # fmt: skip
    rust.make(
        'let stars = frame.f64("stars")?.iter().sum::<f64>();\n'
        'let titles: Vec<String> = frame.str("title")?.iter().map(str::to_uppercase).collect();\n'
        "let total = array.iter().sum::<f64>() + count as f64 + share;\n"
        'let text = format!("{name} {} {} {yes}", numbers.len(), names.join("-"));\n'
        'let inner = mixed["a"][0].as_i64().ok_or("no number")?;\n'
        'let twice: Vec<i64> = frame.i64("n")?.iter().map(|n| 2 * n).collect();\n'
        'let made = Frame::new().with("twice", twice);\n'
        "let doubled: Vec<f64> = array.iter().map(|x| 2.0 * x).collect();"
    )
    assert rust.value("stars") == 7.5
    assert rust.value("titles") == ["A", "B", "C"]
    assert rust.value("total") == 18.5
    assert rust.value("text") == "Ana 3 x-y true"
    assert rust.value("inner") == 1
    assert rust.value("made")["twice"].tolist() == [2, 4, 6]
    assert rust.value("doubled").tolist() == [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]


def test_a_value_may_be_read_as_another_type(rust: Rust) -> None:
    rust.give(settings={"rate": 0.5, "steps": 3}, weights=[1.0, 2.0])
    ran = rust.cell(
        "//! in: settings: Settings, weights: Vec<f64>\n"
        "#[derive(Deserialize)]\nstruct Settings { rate: f64, steps: u8 }\n"
        "settings.rate * settings.steps as f64 + weights.iter().sum::<f64>()"
    ).ok
    assert ran.data() == "4.5"


def test_structs_with_serde_are_dicts_elsewhere(rust: Rust) -> None:
    rust.make(
        "#[derive(Serialize, Deserialize, Clone)]\nstruct Fit { slope: f64, names: Vec<String> }\n"
        'let fit = Fit { slope: 0.5, names: vec!["a".into()] };'
    )
    assert rust.value("fit") == {"slope": 0.5, "names": ["a"]}


def test_errors_name_the_line_of_the_cell(rust: Rust) -> None:
    ran = rust.cell('let a = 1;\n\nlet n: i32 = "x1".parse()?;\nlet b = 2;')
    assert ran.status == "error"
    assert "ParseIntError" in ran.error["name"]
    assert ran.error["frames"][0]["line"] == 3
    assert 'let n: i32 = "x1".parse()?;' in plain(ran)
    assert "invalid digit" in ran.error["message"]
    ran = rust.cell('let rows: Vec<u8> = vec![];\nlet first = rows.first().ok_or("no rows")?;')
    assert ran.error["message"] == "no rows" and ran.error["frames"][0]["line"] == 2


def test_panics_name_the_line_of_the_cell_also_in_functions_of_others(rust: Rust) -> None:
    ran = rust.cell("// ö\nlet v = vec![1, 2];\nlet i = v.len();\nv[i]")
    assert ran.error["name"] == "panic"
    assert "index out of bounds" in ran.error["message"]
    assert ran.error["frames"][0] | {"cell": ""} == {
        "cell": "",
        "line": 4,
        "name": "",
        "text": "v[i]",
    }
    made = rust.cell("// above\nfn third(v: &[u8]) -> u8 {\n    v[2]\n}").finished
    ran = rust.cell("let short = vec![1u8];\nthird(&short)")
    (frame,) = ran.error["frames"]
    assert (frame["line"], frame["text"]) == (3, "    v[2]")
    assert frame["cell"] == f"cell-{made['execution']}"
    assert rust.cell("1 + 1").ok.data() == "2", "the process goes on"


def test_diagnostics_stand_on_the_lines_of_the_cell(rust: Rust) -> None:
    ran = rust.cell('fn f() -> u8 { 1 }\nlet a = f();\nlet b: u8 = "text";\na + b')
    said = plain(ran)
    assert ran.error["name"] == "CompileError[E0308]"
    assert "error[E0308]: mismatched types" in said
    assert f"cell {rust.executions}:3:13" in said
    assert '3 | let b: u8 = "text";' in said and "expected `u8`, found `&str`" in said
    assert ran.error["frames"][0]["line"] == 3
    ran = rust.cell("// one\nstruct S {\n    x: Missing,\n}\n")
    assert "3 |     x: Missing," in plain(ran) and ran.error["frames"][0]["line"] == 3
    ran = rust.cell("let x = 1;\nlet y = (x + ;\n")
    assert ran.error["frames"][0]["line"] == 2
    ran = rust.cell("let mut x = 1;\nx")
    warned = [one["text"] for one in ran.ok.outputs if one["kind"] == "stream"]
    assert "variable does not need to be mutable" in ANSI.sub("", "".join(warned))


def test_what_can_not_be_left_is_said_where_it_is_missed(rust: Rust) -> None:
    rust.make(
        "let words = vec![String::from(\"a b\")];\nlet first = words[0].split(' ').next();\n"
        'let moved = String::from("m");\nlet kept = moved;\nlet add = |x: i64| x + 1;\n'
        'println!("{first:?} {}", add(1));'
    )
    assert rust.value("kept") == "m" and rust.value("words") == ["a b"]
    for name, why in (("first", "borrows"), ("moved", "was moved"), ("add", "closure")):
        ran = rust.cell(f"let other = {name};")
        assert ran.error["name"] == "CompileError[E0425]"
        assert why in ran.error["hint"], ran.error["hint"]


def test_mistakes_of_notebooks_have_hints(rust: Rust) -> None:
    rust.make("let limit = 3;\nstruct Own;")
    ran = rust.cell("fn over(x: i32) -> bool { x > limit }")
    assert "pass it as a parameter" in ran.error["hint"]
    ran = rust.cell("impl Own { fn hello(&self) {} }")
    assert "the cell that defines the type" in ran.error["hint"]
    ran = rust.cell("use nonexistent_crate::Thing;\nlet x = Thing::new();")
    assert "//! dep: nonexistent_crate" in ran.error["hint"]
    rust.give(text="abc")
    ran = rust.cell("let mine: String = *text;")
    assert "`.clone()`" in ran.error["hint"]


def test_a_changed_type_is_never_read_as_what_it_was(rust: Rust) -> None:
    """Notebook rule 17: with one crate name, the ids of both types would be equal."""
    rust.make("struct Trap { small: u8, text: String }", cell="trap")
    rust.make('let trap = Trap { small: 7, text: "seven".into() };')
    assert rust.cell("trap.small").ok.data() == "7"
    # Another field at the same place, of another size: what was a text would be a number.
    rust.make("struct Trap { text: f64, wide: [u64; 4], small: u8 }", cell="trap")
    ran = rust.cell("trap.small")
    assert ran.status == "error" and ran.error["name"] == "ChangedType"
    assert "`trap` was a `Trap`" in ran.error["message"]
    assert "run the cell that makes `trap` again" in ran.error["hint"]
    rust.make("let trap = Trap { small: 9, text: 0.5, wide: [1; 4] };")
    assert rust.cell("trap.small").ok.data() == "9"


def test_old_values_are_dropped_when_their_type_is_edited(rust: Rust) -> None:
    noisy = (
        "struct Noisy(u8);\nimpl Drop for Noisy {{\n"
        '    fn drop(&mut self) {{ println!("drop {}", self.0{}); }}\n}}'
    )
    rust.make(noisy.format("{}", ""), cell="noisy")
    rust.make("let noisy = Noisy(1);")
    edited = rust.cell(noisy.format("{}", " + 1"), cell="noisy").ok
    assert printed(edited) == "drop 1\n", "by the code that made it"


def test_a_type_of_the_same_name_elsewhere_is_another_one(rust: Rust) -> None:
    rust.make("struct Pair { a: u8 }\nlet pair = Pair { a: 1 };")
    rust.make("struct Pair { a: [u64; 8] }")
    ran = rust.cell("pair.a")
    assert ran.status == "error" and "defined anew" in ran.error["message"]


def test_state_macros_traits_and_globs_hold_below(rust: Rust) -> None:
    rust.make(
        "use std::sync::atomic::{AtomicU32, Ordering::*};\n"
        "static COUNT: AtomicU32 = AtomicU32::new(0);\n"
        "fn next() -> u32 { COUNT.fetch_add(1, Relaxed) }\nnext()"
    )
    assert rust.cell("next()").ok.data() == "1"
    assert rust.cell("COUNT.load(Relaxed)").ok.data() == "2"
    rust.make(
        "trait Twice { fn twice(&self) -> f64; }\n"
        "impl Twice for f64 { fn twice(&self) -> f64 { 2.0 * self } }\n"
        "fn helper() -> i32 { 20 }\nmacro_rules! plus_one { ($x:expr) => { $x + 1 + helper() } }\n"
        "enum Shape { Round, Flat }\nuse Shape::*;\nuse std::collections::BTreeMap as Tree;"
    )
    assert rust.cell("1.5f64.twice()").ok.data() == "3.0"
    assert rust.cell("plus_one!(1)").ok.data() == "22"
    ran = rust.cell(
        "let tree: Tree<u8, u8> = Tree::new();\nmatch Round { Round => tree.len(), Flat => 9 }"
    )
    assert ran.ok.data() == "0"


def test_a_cell_is_stopped_where_it_asks(rust: Rust) -> None:
    started = rust.start('println!("begun");\nloop { check()?; }', "rust")
    while rust.receive()["type"] != "output":
        pass
    rust.send({"type": "interrupt"})
    assert rust.wait(started).status == "interrupted"
    assert rust.cell("1").ok.data() == "1"


def test_a_cell_is_stopped_while_it_is_compiled(rust: Rust) -> None:
    slow = "\n".join(
        f'fn slow_{n}(x: &str) -> String {{ format!("{{x}}{n}") }}' for n in range(3000)
    )
    started = rust.start(slow, "rust")
    time.sleep(0.3)
    rust.send({"type": "interrupt"})
    assert rust.wait(started).status == "interrupted"


def test_editors_are_answered(rust: Rust) -> None:
    rust.make("let measured = vec![1.0, 2.0];\nfn measure_all() {}")
    answer = rust.ask("complete", code="let x = meas", cursor=12)
    assert {"measured", "measure_all"} <= {item["text"] for item in answer["items"]}
    assert (answer["start"], answer["end"]) == (8, 12)
    answer = rust.ask("inspect", code="measured.len()", cursor=3)
    assert answer["found"] and "Vec<f64>" in answer["data"]["text/plain"]
    for code, status in (("fn f() {", "incomplete"), ("1 + 1", "complete"), ("f())", "invalid")):
        assert rust.ask("is_complete", code=code)["status"] == status


def test_an_unchanged_cell_is_not_compiled_again(tmp_path: Path) -> None:
    code = f"fn thing() -> u8 {{ 3 }}\nlet made = thing();\n// {tmp_path}\nmade"
    with Rust(tmp_path) as first:
        assert first.cell(code).ok.data() == "3"
    with Rust(tmp_path, {}) as second:
        second.make("let ready = 1;")
        waited = time_of_children(second)
        assert second.cell(code).ok.data() == "3"
        assert time_of_children(second) == waited, "no compiler was started"


def time_of_children(rust: Rust) -> int:
    """How long the processes ran that the interpreter has started and waited for."""
    fields = Path(f"/proc/{rust.process.pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[13]) + int(fields[14])


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("std::process::exit(3);", 3),
        ("std::process::abort();", -6),
        ("unsafe { *(8 as *mut u8) = 1; }", -11),
        (
            "fn deep(n: u64) -> u64 { if n == u64::MAX { 0 } else { deep(n + 1) + n } }\ndeep(0)",
            -11,
        ),
    ],
)
def test_what_ends_the_process_ends_it_alone(tmp_path: Path, code: str, status: int) -> None:
    with Rust(tmp_path) as rust:
        rust.make("1")
        rust.start(f'println!("last words");\n{code}', "rust")
        with pytest.raises((EOFError, ConnectionResetError)):
            while True:
                rust.receive()
        assert rust.process.wait(10) == status


def test_without_a_compiler_the_cell_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("CARGO_HOME", str(tmp_path))
    monkeypatch.delenv("RUSTC", raising=False)
    with Rust(tmp_path) as rust:
        ran = rust.cell("1 + 1")
        assert ran.status == "error"
        assert "rustup" in ran.error["hint"]


def test_crates_are_asked_for_on_the_first_line(rust: Rust) -> None:
    ran = rust.cell(
        '//! dep: itoa = "1"\nlet text = itoa::Buffer::new().format(128).to_owned();\ntext'
    )
    assert "128" in ran.ok.data()
    why = "uses the crate `itoa`, which may read files or the network"
    assert why in ran.finished["unverified"]
    code = (
        '//! dep: itoa = "1"\nfn digits(n: u8) -> String { itoa::Buffer::new().format(n).into() }'
    )
    assert why in rust.make(code).finished["unverified"]
    assert why in rust.make("let two = digits(12);").finished["unverified"]
    trusted = rust.make("//! flownote: cache\n" + code.replace("digits", "figures"))
    assert trusted.finished.get("unverified") is None
    assert rust.make("let two = figures(12);").finished.get("unverified") is None
    ran = rust.cell('//! dep: here = { path = "." }\nlet x = 1;')
    assert ran.status == "error" and "paste the code" in ran.error["hint"]


def test_what_is_read_while_it_is_compiled_is_read_each_time(rust: Rust, tmp_path: Path) -> None:
    file = tmp_path / "text"
    code = f'let text = include_str!("{file}");\ntext'
    for text in ("first", "second"):
        file.write_text(text)
        ran = rust.cell(code).ok
        assert text in ran.data()
        assert "`include_str`" in ran.finished["unverified"]


def test_a_type_that_two_cells_define_stays_while_one_does(rust: Rust) -> None:
    code = "#[derive(Debug)]\nstruct Both(u8);"
    rust.make(code, cell="one")
    rust.make(code, cell="two")
    rust.make("let both = Both(3);")
    rust.make("struct Other;", cell="two")
    assert "3" in rust.cell("both").ok.data()
    rust.make("struct Another;", cell="one")
    assert rust.cell("both").error["name"] == "ChangedType"


def test_output_is_bounded_by_its_reader_and_whole(rust: Rust) -> None:
    ran = rust.cell('for n in 0..200_000 { println!("{n} äöü"); }').ok
    lines = printed(ran).splitlines()
    assert len(lines) == 200_000 and lines[-1] == "199999 äöü"


def test_what_children_and_threads_print_is_the_cells(rust: Rust) -> None:
    ran = rust.cell(
        'std::process::Command::new("echo").arg("child").status()?;\n'
        'std::thread::spawn(|| println!("thread")).join().unwrap();'
    ).ok
    assert printed(ran) == "child\nthread\n"
    assert ran.finished["unverified"], "what it read of the world is not known"


def test_what_a_function_above_reads_is_not_known_below_either(rust: Rust) -> None:
    rust.make('fn load() -> String { std::fs::read_to_string("/proc/uptime").unwrap() }')
    rust.make("struct Loader;\nimpl Loader { fn load(&self) -> usize { load().len() } }")
    rust.make("fn half(n: u8) -> u8 { n / 2 }\nlet loader = Loader;")
    for code in ("let text = load();", "let size = Loader.load();", "let size = loader.load();"):
        assert "is not recorded" in rust.make(code).finished["unverified"], code
    seen = rust.make('let seen = std::path::Path::new("/proc/uptime").exists();')
    assert "`exists`" in seen.finished["unverified"]
    assert rust.make("let n = half(4);").finished.get("unverified") is None


def test_no_rust_source_is_left_behind(rust: Rust) -> None:
    """Temporary folders of compilations go with them."""
    rust.make(f"let left_behind = {time.time_ns()}u64;")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "flownote/rust"
    cache = Path(os.environ.get("FLOWNOTE_RUST_CACHE") or cache)
    assert list(cache.glob("*/cells/*/bodies")), "there is what it compiled"
    assert list(cache.glob(f"*/cells/*/work-{rust.process.pid}-*")) == []
