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
    assert helper["files"] == [str(kernel.folder / name) for name in ("helper.py", "inner.py")]
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
    }
    for name, text in files.items():
        (kernel.folder / f"{name}.py").write_text(text)
    kernel.run(f"import {', '.join(files)}\na = holds.A()").ok()
    (kernel.folder / "holds.py").write_text("class A:\n    y = 1\n")
    (kernel.folder / "fails.py").write_text("x = 2\ny = 1 / 0\n")
    (kernel.folder / "breaks.py").write_text("x = = 2\n")
    refused = kernel.ask("reload", "reloaded", modules=list(files))["refused"]
    assert refused["acts"] == "its line 1 does something when it is loaded"
    assert refused["holds"] == "values of its class `A` are in use"
    assert refused["fails"].startswith("it raised ZeroDivisionError")
    assert refused["breaks"].startswith("it is no Python")
    assert kernel.run("fails.x, breaks.x").result == "(1, 1)"


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
