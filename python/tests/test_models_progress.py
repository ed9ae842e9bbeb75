"""How far a long fit is: seen by who looks on, and by nobody else."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from scipy import sparse

from flownote.models import progress
from flownote.models.recommend import BPR, IALS

# A fit that lasts a few seconds anywhere, and is ended by its own bar where that takes longer.
_LONG = """
import sys
import numpy as np
from scipy import sparse
from flownote.models.recommend import BPR

random = np.random.default_rng(1)
events = sparse.random(2000, 1500, 0.02, format="csr", random_state=random)
events.data[:] = 1.0
model = BPR(32, iterations=%d)
"""


def run(code: str, *, iterations: int = 80) -> str:
    """Return what a process wrote to its standard error, which is a pipe."""
    command = [sys.executable, "-c", _LONG % iterations + code]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stderr


def test_a_long_fit_shows_a_bar_of_tqdms_to_its_end() -> None:
    pytest.importorskip("tqdm")
    shown = run("model.fit(events, show_progress=True)")
    assert "BPR:" in shown and "100%|" in shown, shown


def test_a_log_has_nothing_of_it() -> None:
    assert run("model.fit(events)") == ""
    assert run("model.fit(events, show_progress=False)") == ""


def test_without_tqdm_a_line_says_it() -> None:
    shown = run("sys.modules['tqdm'] = None\nmodel.fit(events, show_progress=True)")
    lines = shown.splitlines()
    assert lines[0].startswith("BPR: ") and lines[-1].startswith("BPR: 100 %"), shown


def test_counts_rise_to_the_total_and_what_a_bar_raises_ends_the_fit() -> None:
    told = run(
        "from flownote.models import base\n"
        "calls = []\n"
        "fit = base.native().Recommender.fit\n"
        "from flownote.models.recommend.events import events_of\n"
        "import json\n"
        "options = json.dumps(model._options())\n"
        "tell = lambda made, steps: calls.append((made, steps))\n"
        "fit('recommend.bpr', events_of(events), options, tell)\n"
        "steps = 80 * events.nnz\n"
        "assert {steps} == {of for _, of in calls}, calls\n"
        "assert [made for made, _ in calls] == sorted(made for made, _ in calls)\n"
        "assert calls[-1][0] == steps and len(calls) > 1, calls\n"
        "def enough(made, steps):\n"
        "    raise LookupError(f'{made} of {steps}')\n"
        "try:\n"
        "    fit('recommend.bpr', events_of(events), options, enough)\n"
        "except LookupError as error:\n"
        "    made = int(str(error).split()[0])\n"
        "    assert 0 < made < steps, error\n"
        "    print('ended', file=sys.stderr)\n"
    )
    assert told == "ended\n"


def test_a_short_fit_shows_nothing(capfd: pytest.CaptureFixture) -> None:
    events = sparse.csr_matrix(np.eye(8) + np.eye(8, k=1))
    IALS(4).fit(events, show_progress=True)
    BPR(4, iterations=1).fit(events, show_progress=True)
    assert capfd.readouterr() == ("", "")


class Terminal:
    """A standard error that somebody looks at."""

    def isatty(self) -> bool:
        return True


class ZMQInteractiveShell:
    """What notebooks' shells are called."""


@pytest.mark.parametrize("show", [None, True, False])
def test_terminals_and_notebooks_show_it_unasked(
    monkeypatch: pytest.MonkeyPatch, show: bool | None
) -> None:
    def wanted() -> bool:
        with progress.shown(show, "a fit") as bar:
            return bar is not None

    assert wanted() is (show is True)
    with monkeypatch.context() as patch:
        patch.setattr("builtins.get_ipython", ZMQInteractiveShell, raising=False)
        assert wanted() is (show is not False)
    monkeypatch.setattr(sys, "stderr", Terminal())
    assert wanted() is (show is not False)
