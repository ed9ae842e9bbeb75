"""Rust cells within notebooks: what ends them, what is found again, what other cells see."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from jupyter_front_end import FrontEnd, place
from notebook_folder import Folder

__all__ = ["place"]


@pytest.fixture
def own_front_end(place: Path) -> Iterator[FrontEnd]:
    """A kernel that a test may harm."""
    with FrontEnd() as front_end:
        yield front_end


RESTORED = """\
# %% id="defaults" tags=["parameters"]
factor = 2

# %% [rust] id="model"
# #[derive(Serialize, Deserialize)]
# struct Model { weights: Vec<f64>, name: String }
# std::thread::sleep(std::time::Duration::from_millis(500));
# println!("fitted");
# let model = Model { weights: vec![1.0, 2.5], name: "fit".to_owned() };

# %% [rust] id="opaque"
# struct Opaque(Vec<f64>);
# println!("made");
# let opaque = Opaque(vec![0.5]);

# %% [rust] id="scored"
# let scored: f64 = factor as f64 * (model.weights.iter().sum::<f64>() + opaque.0[0]);
# println!("{} {scored}", model.name);

# %% id="told"
print("python", scored, model["name"])
"""


def test_values_that_serde_reads_come_back_as_what_they_were(folder: Folder) -> None:
    folder.notebook("nb", RESTORED)
    first = folder.flownote("run", "nb.ipynb", "--cache")
    assert first.code == 0, first.err
    assert first.out == "fitted\nmade\nfit 8\npython 8.0 fit\n"
    again = folder.flownote("run", "nb.ipynb", "--cache", "--param", "factor=10")
    assert again.code == 0, again.err
    # The model is taken from the run before, as the type that it was; what has no form is
    # made again.
    assert again.out == "fitted\nmade\nfit 40\npython 40.0 fit\n", again.err
    assert "[2/5] Rust reused" in again.err and "[3/5] Rust struct Opaque" in again.err


STACK = """\
# %% id="kept"
kept = [1, 2, 3]

# %% [rust] id="deep"
# fn deep(n: u64) -> u64 { if n == u64::MAX { 0 } else { deep(n + 1) + n } }
# println!("before");
# deep(0)
"""


def test_a_cell_that_uses_up_its_stack_is_told_so(folder: Folder) -> None:
    folder.notebook("nb", STACK)
    ran = folder.flownote("run", "nb.ipynb")
    assert ran.code == 1
    assert "the Rust interpreter crashed" in ran.err and "used up its stack" in ran.err
    assert "before" in ran.out + ran.err


@pytest.mark.parametrize(
    ("code", "says"),
    [("std::process::abort();", "SIGABRT"), ("std::process::exit(7)", "exit code 7")],
)
def test_a_cell_that_ends_its_process_ends_no_other(
    own_front_end: FrontEnd, code: str, says: str
) -> None:
    own_front_end.run("kept = [1, 2, 3]")
    own_front_end.run("%%rust\nlet held: i64 = kept.iter().sum();")
    ran = own_front_end.execute("%%rust\n" + code)
    assert ran.reply["status"] == "error"
    assert says in " ".join(ran.reply["traceback"]), ran.reply
    assert own_front_end.execute("kept").ok.result == "[1, 2, 3]"
    ran = own_front_end.execute("%%rust\nkept.len()")
    assert ran.ok.result == "3"


def test_a_killed_process_loses_what_only_it_had(own_front_end: FrontEnd) -> None:
    own_front_end.run("%%rust\nlet total: i64 = 42;\nlet pid = std::process::id();")
    (pid,) = [own_front_end.execute("pid").ok.result]
    assert own_front_end.execute("total").ok.result == "42"
    os.kill(int(pid), signal.SIGKILL)
    assert own_front_end.execute("total + 1").ok.result == "43", "it was read before"
    ran = own_front_end.execute("%%rust\n1 + 1")
    if ran.reply["status"] == "error":
        # It was sent before the end was noticed.
        assert "SIGKILL" in " ".join(ran.reply["traceback"])
        ran = own_front_end.execute("%%rust\n1 + 1")
    assert ran.ok.result == "2"


def test_a_prompt_sees_what_was_typed_before(own_front_end: FrontEnd) -> None:
    own_front_end.run("%%rust\nstruct Point { x: f64 }\nfn far(p: &Point) -> bool { p.x > 1.0 }")
    own_front_end.run("%%rust\nlet p = Point { x: 2.0 };")
    assert own_front_end.execute("%%rust\nfar(&p)").ok.result == "true"
    own_front_end.run("%%rust\nstruct Point { x: u8, name: String }")
    ran = own_front_end.execute("%%rust\np.x")
    assert "defined anew" in " ".join(ran.reply["traceback"])
    ran = own_front_end.execute("p")
    assert ran.reply["status"] == "error"


def test_a_function_of_rust_is_no_value_elsewhere(folder: Folder) -> None:
    folder.notebook("nb", "# %% [rust]\n# fn far(x: f64) -> bool { x > 1.0 }\n\n# %%\nfar(2.0)\n")
    ran = folder.flownote("run", "nb.ipynb")
    assert ran.code == 1
    assert "`far`, a Rust `fn`, has no form that other languages read" in ran.err


def test_state_of_a_cell_exists_once_for_all_that_use_it(own_front_end: FrontEnd) -> None:
    own_front_end.run(
        "%%rust\nuse std::sync::atomic::{AtomicU64, Ordering};\n"
        "static COUNT: AtomicU64 = AtomicU64::new(0);"
    )
    # Both have state of their own, and so are libraries that bring what they use along.
    for name in ("first", "second"):
        own_front_end.run(
            f"%%rust\nstatic OF_{name.upper()}: AtomicU64 = AtomicU64::new(10);\n"
            f"fn {name}() -> (u64, u64) {{\n"
            "    let count = COUNT.fetch_add(1, Ordering::SeqCst);\n"
            f"    (count, OF_{name.upper()}.fetch_add(1, Ordering::SeqCst))\n"
            "}"
        )
    ran = own_front_end.execute(
        "%%rust\nlet all = [first(), second(), first()];\n"
        'format!("{all:?} {}", COUNT.load(Ordering::SeqCst))'
    )
    assert ran.ok.result == "[(0, 10), (1, 10), (2, 11)] 3"


SHADOWED = """\
# %% [rust] id="reads"
# fn load() -> usize { std::fs::read_to_string("data.txt").unwrap().len() }

# %% [rust] id="own"
# fn load() -> usize { 41 }
# let number = load() + 1;

# %% id="told"
print(number)
"""


def test_a_function_of_its_own_hides_one_that_reads_the_world(folder: Folder) -> None:
    (folder.path / "data.txt").write_text("text")
    folder.notebook("nb", SHADOWED)
    for _ in range(2):
        ran = folder.flownote("run", "nb.ipynb", "--cache")
        assert ran.out == "42\n", ran.err
    assert "[2/3] Rust reused" in ran.err, ran.err
