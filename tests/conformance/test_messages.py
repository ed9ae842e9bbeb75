"""Every bad input that a user can give, through the real shell, and what it says.

`messages.txt` holds a block for each: the command, its exit code, its words. A block is
written anew by `FLOWNOTE_TEST_ACCEPT=1 pytest tests/conformance/test_messages.py`; read it
before you keep it: what is wrong, where, what now.
"""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import pytest

from project import Project

HERE = Path(__file__).resolve().parent
FILE = HERE / "messages.txt"
BLOCKS = {
    block.partition("\n")[0]: block.partition("\n")[2].strip("\n")
    for block in FILE.read_text("utf-8").split("$ flownote ")[1:]
}
ACCEPT = os.environ.get("FLOWNOTE_TEST_ACCEPT") == "1"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project with the flows of `wrong/`, in whose store `Good` has run."""
    project = Project(tmp_path_factory.mktemp("wrong"))
    project.add(*(HERE / "wrong").glob("*.py"))
    project.add(HERE / "wrong" / "syntax.txt")
    (project.folder / "syntax.txt").rename(project.folder / "syntax.py")
    (project.folder / "empty").mkdir()
    assert project.shell("run", "good.py").code == 0
    return project


@pytest.mark.parametrize("line", BLOCKS)
def test_message(line: str, project: Project) -> None:
    done = project.shell(*shlex.split(line))
    said = project.redact(f"[{done.code}]\n{done.out}{done.err}")
    if ACCEPT:
        BLOCKS[line] = said
        blocks = [f"$ flownote {line}\n{text}\n" for line, text in BLOCKS.items()]
        FILE.write_text("\n".join(blocks), "utf-8")
    assert said == BLOCKS[line]
    assert done.code != 0
    assert "Traceback" not in said or "✕" in said, "the user sees no traceback of ours"
