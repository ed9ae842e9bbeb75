"""The environment record of a run: what ran it, what was installed, which commit."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from flownote import git_state, run_environment

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


def git(folder: Path, *arguments: str) -> str:
    settings = ["-c", "user.name=a", "-c", "user.email=a@example.invalid"]
    done = subprocess.run(
        ["git", *settings, *arguments], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q", "-b", "main")
    (tmp_path / "a.txt").write_text("a")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "first")
    return tmp_path


def test_record(tmp_path: Path) -> None:
    (tmp_path / "uv.lock").write_text("x")
    (tmp_path / "requirements.txt").write_text("y")
    found = run_environment.record(str(tmp_path))
    assert found["python"] == ".".join(map(str, sys.version_info[:3]))
    assert found["implementation"] == "cpython"
    assert found["machine"] == os.uname().machine
    assert found["lock"]["file"] == "uv.lock"
    assert len(found["lock"]["digest"]) == 64
    assert found["git"] is None
    names = [line.partition("==")[0] for line in found["distributions"]]
    assert names == sorted(set(names))


def test_distributions_are_those_that_python_sees() -> None:
    from importlib.metadata import version

    found = dict(line.split("==") for line in run_environment.record()["distributions"])
    assert found["pytest"] == version("pytest")


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("scikit_learn-1.5.2.dist-info", ("scikit-learn", "1.5.2")),
        ("PyYAML-6.0.1.dist-info", ("pyyaml", "6.0.1")),
        ("foo-1.0-py3.11.egg-info", ("foo", "1.0")),
        ("bar.egg-info", ("bar", "")),
        ("zope.interface-6.0.dist-info", ("zope-interface", "6.0")),
    ],
)
def test_names_of_folders(entry: str, expected: tuple[str, str]) -> None:
    assert run_environment.split_name(entry) == expected


@needs_git
def test_a_clean_and_a_dirty_commit(repository: Path) -> None:
    commit = git(repository, "rev-parse", "HEAD")
    (repository / "sub").mkdir()
    found = git_state.GitState(str(repository / "sub")).collect()
    assert found == {"commit": commit, "branch": "main", "dirty": False}
    (repository / "new.txt").write_text("b")
    assert git_state.GitState(str(repository)).collect()["dirty"] is True


@needs_git
def test_packed_references_detached_heads_and_worktrees(repository: Path, tmp_path: Path) -> None:
    commit = git(repository, "rev-parse", "HEAD")
    git(repository, "pack-refs", "--all")
    assert git_state.read_head(str(repository / ".git")) == (commit, "main")
    git(repository, "worktree", "add", "-q", "-b", "other", str(tmp_path / "tree"))
    assert git_state.read_head(str(tmp_path / "tree" / ".git")) == (commit, "other")
    git(repository, "checkout", "-q", "--detach")
    assert git_state.read_head(str(repository / ".git")) == (commit, None)


@needs_git
def test_before_the_first_commit(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "main")
    assert git_state.GitState(str(tmp_path)).collect() == {
        "commit": None,
        "branch": "main",
        "dirty": False,
    }


@needs_git
def test_without_git_or_with_a_slow_one_dirt_is_unknown(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(git_state, "_programs", list)
    assert git_state.GitState(str(repository)).collect()["dirty"] is None
    slow = tmp_path / "slow"
    slow.write_text("#!/bin/sh\nexec sleep 60\n")
    slow.chmod(0o755)
    monkeypatch.setattr(git_state, "_programs", lambda: [str(slow)])
    monkeypatch.setattr(git_state, "PATIENCE_SECONDS", 0.05)
    assert git_state.GitState(str(repository)).collect()["dirty"] is None
    failing = tmp_path / "failing"
    failing.write_text("#!/bin/sh\nexit 128\n")
    failing.chmod(0o755)
    monkeypatch.setattr(git_state, "_programs", lambda: [str(failing)])
    assert git_state.GitState(str(repository)).collect()["dirty"] is None


@pytest.mark.parametrize("name", ["inspect", "dataclasses", "typing", "ast", "asyncio", "json"])
def test_importing_flownote_imports_little(name: str) -> None:
    package = str(Path(git_state.__file__).parents[1])
    code = f"import sys; sys.path[:0] = [{package!r}]; import flownote; "
    code += f"print({name!r} in sys.modules)"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("False\n", "")


def test_every_public_name_is_there() -> None:
    import flownote

    for name in flownote.__all__:
        if flownote._HOMES.get(name) != "client":
            assert getattr(flownote, name).__class__ is not type(sys), name
    assert set(flownote._HOMES) <= set(dir(flownote))
    with pytest.raises(AttributeError, match="no attribute 'card'"):
        _ = flownote.card
