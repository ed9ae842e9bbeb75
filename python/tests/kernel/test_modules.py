"""Modules: where they come from, and changed ones loaded again (notebook rule 10)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kernel_process import KernelProcess


def found(kernel: KernelProcess, *names: str) -> dict[str, Any]:
    return kernel.ask("modules", "modules", names=list(names))["found"]


def test_modules_are_found_without_importing_them(kernel: KernelProcess) -> None:
    (kernel.folder / "helper.py").write_text(
        "import inner\nfrom inner import g\ndef f(): return g()\n"
    )
    (kernel.folder / "inner.py").write_text("def g(): return 1\n")
    (kernel.folder / "broken.py").write_text("def g(:\n")
    answer = found(kernel, "helper", "numpy", "json", "sys", "nothing_here", "broken")
    assert answer["numpy"]["kind"] == "distribution" and answer["numpy"]["version"][0].isdigit()
    assert answer["json"] == answer["sys"] == {"kind": "standard"}
    assert answer["nothing_here"] == {"kind": "missing"}
    helper = answer["helper"]
    assert helper["kind"] == "project" and helper["coarse"] is None
    assert list(helper["files"]) == [
        str(kernel.folder / name) for name in ("helper.py", "inner.py")
    ]
    assert "broken.py" in answer["broken"]["coarse"]
    assert kernel.run("import sys\n'helper' in sys.modules, 'numpy' in sys.modules").result == (
        "(False, False)"
    )
    (kernel.folder / "inner.py").write_text("def g(): return 2\n")
    assert found(kernel, "helper")["helper"]["digest"] != helper["digest"]


def test_a_loaded_module_has_the_digest_of_what_runs(kernel: KernelProcess) -> None:
    (kernel.folder / "helper.py").write_text("def f(): return 1\n")
    kernel.run("import helper").ok()
    before = found(kernel, "helper")["helper"]["digest"]
    (kernel.folder / "helper.py").write_text("def f(): return 2\n")
    assert found(kernel, "helper")["helper"]["digest"] == before
    assert kernel.run("helper.f()").result == "1"
    answer = kernel.ask("reload", "reloaded", modules=["helper"])
    assert (answer["done"], answer["refused"]) == (["helper"], {})
    assert kernel.run("helper.f()").result == "2"
    assert found(kernel, "helper")["helper"]["digest"] != before


def test_what_is_not_safe_to_load_again_is_refused(kernel: KernelProcess) -> None:
    files = {
        "acts": "print('loaded')\n",
        "holds": "class A: pass\n",
        "fails": "x = 1\n",
        "breaks": "x = 1\n",
        "works": "x = 1\n",
    }
    for name, text in files.items():
        (kernel.folder / f"{name}.py").write_text(text)
    kernel.run(f"import {', '.join(files)}\na = holds.A()").ok()
    (kernel.folder / "acts.py").write_text("print('loaded again')\n")
    (kernel.folder / "works.py").write_text("x = 2\n")
    (kernel.folder / "holds.py").write_text("class A:\n    y = 1\n")
    (kernel.folder / "fails.py").write_text("x = 2\ny = 1 / 0\n")
    (kernel.folder / "breaks.py").write_text("x = = 2\n")
    answer = kernel.ask("reload", "reloaded", modules=list(files))
    refused = answer["refused"]
    assert answer["done"] == ["works"], "the others have nothing to do with it"
    assert refused["acts"] == "its line 1 does something when it is loaded"
    assert refused["holds"] == "values of its class `A` are in use"
    assert refused["fails"].startswith("it raised ZeroDivisionError")
    assert refused["breaks"].startswith("it is no Python")
    assert kernel.run("fails.x, breaks.x").result == "(1, 1)"


def test_modules_that_took_names_out_of_a_saved_one_are_loaded_again_too(
    kernel: KernelProcess,
) -> None:
    (kernel.folder / "inner.py").write_text("def g(): return 1\n")
    (kernel.folder / "helper.py").write_text("from inner import g\ndef f(): return g()\n")
    kernel.run("import helper").ok()
    (kernel.folder / "inner.py").write_text("def g(): return 20\n")
    told = found(kernel, "helper")["helper"]
    assert told["saved"] != told["digest"]
    answer = kernel.ask("reload", "reloaded", modules=["helper"])
    assert answer["done"] == ["inner", "helper"]
    assert answer["found"]["helper"]["digest"] == told["saved"]
    assert "saved" not in answer["found"]["helper"]
    assert kernel.run("helper.f()").result == "20"


def test_all_is_loaded_again_or_nothing(kernel: KernelProcess) -> None:
    (kernel.folder / "inner.py").write_text("def g(): return 1\n")
    (kernel.folder / "helper.py").write_text("from inner import g\nx = g()\n")
    kernel.run("import helper, inner").ok()
    digest = found(kernel, "helper")["helper"]["digest"]
    (kernel.folder / "inner.py").write_text("def g(): raise ValueError\n")
    answer = kernel.ask("reload", "reloaded", modules=["helper"])
    assert answer["done"] == [] and answer["refused"]["helper"].startswith("it raised ValueError")
    assert kernel.run("inner.g(), helper.x").result == "(1, 1)"
    assert answer["found"]["helper"]["digest"] == digest != answer["found"]["helper"]["saved"]


def test_a_value_that_the_module_itself_makes_is_no_hindrance(kernel: KernelProcess) -> None:
    text = "class A:\n    n = {}\nDEFAULT = A()\n"
    (kernel.folder / "helper.py").write_text(text.format(1))
    kernel.run("import helper\nclass B(helper.A): pass").ok()
    (kernel.folder / "helper.py").write_text(text.format(2))
    assert kernel.ask("reload", "reloaded", modules=["helper"])["done"] == ["helper"]
    assert kernel.run("helper.DEFAULT.n").result == "2"
    kernel.run("class B(helper.A): pass\nb = B()").ok()
    (kernel.folder / "helper.py").write_text(text.format(3))
    refused = kernel.ask("reload", "reloaded", modules=["helper"])["refused"]
    assert refused == {"helper": "values of its class `B` are in use"}


def test_a_module_of_a_package_has_a_digest_of_its_own(kernel: KernelProcess) -> None:
    (kernel.folder / "package").mkdir()
    for name, text in (("__init__", "def top(): pass\n"), ("one", "x = 1\n"), ("two", "x = 2\n")):
        (kernel.folder / "package" / f"{name}.py").write_text(text)
    names = ("package", "package.top", "package.one", "package.two", "package.one.x")
    before = found(kernel, *names)
    assert before["package.top"] == before["package"]
    assert before["package.one.x"] == before["package.one"]
    (kernel.folder / "package" / "one.py").write_text("x = 10\n")
    after = found(kernel, *names)
    assert [name for name in names if before[name] != after[name]] == [
        "package.one", "package.one.x",
    ]  # fmt: skip


def test_a_module_that_was_saved_before_it_was_loaded_is_told_when_the_cell_ends(
    kernel: KernelProcess,
) -> None:
    (kernel.folder / "helper.py").write_text("x = 1\n")
    before = found(kernel, "helper")["helper"]
    (kernel.folder / "helper.py").write_text("x = 2\n")
    ran = kernel.run("import helper\nhelper.x").ok()
    assert ran.result == "2"
    told = ran.finished["edited"]["helper"]
    assert told["digest"] != before["digest"] and "saved" not in told
    assert "edited" not in kernel.run("helper.x").finished
    # Saved while it is in use: what is loaded is what ran.
    ran = kernel.run("open('helper.py', 'w').write('x = 3')\nhelper.x").ok()
    assert ran.result == "2" and "edited" not in ran.finished
    assert found(kernel, "helper")["helper"]["digest"] == told["digest"]


def test_a_module_that_a_cell_imports_by_a_computed_name_makes_its_result_uncacheable(
    kernel: KernelProcess,
) -> None:
    (kernel.folder / "helper.py").write_text("x = 1\n")
    (kernel.folder / "known.py").write_text("x = 1\n")
    found(kernel, "known")
    ran = kernel.run("import known").ok()
    assert "uncacheable" not in ran.finished
    ran = kernel.run("import importlib\nimportlib.import_module('help' + 'er').x").ok()
    assert "helper" in ran.finished["uncacheable"]
    # It is loaded now, and what it gives depends on it all the same.
    ran = kernel.run("importlib.import_module('help' + 'er').x").ok()
    assert "helper" in ran.finished["uncacheable"]
    assert "uncacheable" not in kernel.run("importlib.import_module('known').x").ok().finished
    assert "uncacheable" not in kernel.run("1").ok().finished


def test_two_versions_within_a_second_are_two_versions(tmp_path: Path) -> None:
    for number in (1, 2, 3):
        (tmp_path / "helper.py").write_text(f"x = {number}\n")
        with KernelProcess(tmp_path) as kernel:
            assert kernel.run("import helper\nhelper.x").ok().result == str(number)


def test_files_named_like_pythons_modules_do_no_harm(tmp_path: Path) -> None:
    for name in ("socket", "json", "struct", "selectors"):
        (tmp_path / f"{name}.py").write_text("raise RuntimeError('not this one')\n")
    (tmp_path / "mine.py").write_text("x = 1\n")
    with KernelProcess(tmp_path, cwd=tmp_path) as kernel:
        assert kernel.run("import mine, sys\nmine.x, sys.path[0]").ok().result == (
            f"(1, {str(tmp_path)!r})"
        )


def test_imported_modules_and_what_is_read_are_told(kernel: KernelProcess) -> None:
    (kernel.folder / "data.csv").write_text("a\n1\n")
    ran = kernel.run("import pandas as pd\nframe = pd.read_csv('data.csv')").ok()
    assert "pandas" in ran.finished["modules"] and "os" not in ran.finished["modules"]
    assert [(one["kind"], one["name"]) for one in ran.finished["externals"]] == [
        ("file", "data.csv")
    ]
    assert ran.finished["externals"][0]["version"].startswith("b3:")
    ran = kernel.run("open('out.txt', 'w').write('x');").ok()
    assert "writes out.txt" in ran.finished["unverified"]
    assert kernel.run("1").finished["externals"] == []
    ran = kernel.run("x = = 1")
    assert ran.finished["externals"] == []
