"""Secrets reach the step's environment and the log's mask, and nothing else."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from flownote import FlowSpec, secrets, step
from flownote.decorators.secrets import hide, masks, masks_of
from flownote.exceptions import DecoratorError, SecretError


def test_they_are_masked_before_they_are_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI_PASSWORD", "hunter22")
    monkeypatch.setenv("PASSWORD", "")
    seen: list[tuple[list[str], str]] = []
    decorator = secrets(sources=["env:CI_PASSWORD as PASSWORD"])
    decorator.enter(lambda values: seen.append((values, os.environ["PASSWORD"])))
    assert seen == [(["hunter22"], "")]
    assert os.environ["PASSWORD"] == "hunter22"
    assert "hunter22" not in json.dumps(decorator.describe())
    assert "hunter22" not in repr(decorator)


def test_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("s.json").write_text('{"A": "first secret", "PORT": 5432}')
    Path(".env").write_text(
        "# a comment\n\nexport B='two words'\nC=\"x=y z\"\nD=plain # kept\nMULTI=a\n"
    )
    found = secrets(sources=["file:s.json", "file:.env"]).read()
    assert found == {
        "A": "first secret",
        "PORT": "5432",
        "B": "two words",
        "C": "x=y z",
        "D": "plain # kept",
        "MULTI": "a",
    }


def test_what_is_masked() -> None:
    key = "-----BEGIN-----\nabcdef\n-----END-----"
    assert masks([key, "abcdefgh", "abc", "abcdefgh"]) == [
        key,
        "-----BEGIN-----",
        "-----END-----",
        "abcdefgh",
        "abcdef",
    ]


def test_a_variable_is_masked_in_steps_that_dont_ask_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Load(FlowSpec):
        @secrets(sources=["env:DB_PASSWORD as PASSWORD", "file:none"])
        @step
        def start(self):
            self.next(self.end)

        @step
        def end(self):
            pass

    monkeypatch.setenv("DB_PASSWORD", "hunter22")
    assert masks_of(Load) == ["hunter22"]
    failure = {"message": "can't open db:hunter22@host", "retryable": True, "traceback": None}
    assert hide(failure) == failure | {"message": "can't open db:***@host"}
    monkeypatch.delenv("DB_PASSWORD")
    assert masks_of(Load) == []


@pytest.mark.parametrize(
    ("sources", "message"),
    [
        ([], "names no source"),
        (["DB_PASSWORD"], "can't read the source `DB_PASSWORD`"),
        (["vault:x"], "can't read the source `vault:x`"),
        (["env:"], "can't read the source `env:`"),
        ([3], "a source is a text, not int"),
        ("env:A", "`sources` must be list or tuple, not str"),
    ],
)
def test_wrong_sources(sources: Any, message: str) -> None:
    with pytest.raises(DecoratorError) as caught:
        secrets(sources=sources)
    assert message in caught.value.message


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ('{"A": ', "isn't valid JSON", 1),
        ('{"A": ["topsecret"]}', "`A` is neither text nor a number", None),
        ("A=topsecret\ntopsecret\n", "isn't `NAME=value`", 2),
        (None, "can't read the secrets in", None),
    ],
)
def test_files_that_cannot_be_read(
    text: str | None, message: str, line: int | None, tmp_path: Path
) -> None:
    path = tmp_path / "secrets"
    if text is not None:
        path.write_text(text)
    with pytest.raises(SecretError) as caught:
        secrets(sources=[f"file:{path}"]).read()
    assert message in caught.value.message
    assert caught.value.line == line
    assert "topsecret" not in caught.value.render()


def test_a_variable_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_SUCH_SECRET", raising=False)
    with pytest.raises(SecretError, match="`NO_SUCH_SECRET` is not in the environment"):
        secrets(sources=["env:NO_SUCH_SECRET"]).read()


def test_two_sources_that_disagree(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A", "one")
    monkeypatch.setenv("B", "two")
    with pytest.raises(SecretError, match="two sources of `@secrets` give `A`"):
        secrets(sources=["env:A", "env:B as A"]).read()
