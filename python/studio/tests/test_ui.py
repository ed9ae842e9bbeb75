"""`flownote ui`: the page's server from the shell, over real runs."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from page_server import Page

FLOW = """\
import sys

from flownote import FlowSpec, Parameter, catch, retry, step


class Train(FlowSpec):
    alpha = Parameter("alpha", default=0.5)
    broken = Parameter("broken", default=False, type=bool)

    @step
    def start(self):
        self.items = ["a", "b", "c"]
        print("begun")
        self.next(self.fit, foreach="items")

    @retry(times=1, minutes_between_retries=0)
    @step
    def fit(self):
        print("fitting", self.input, file=sys.stderr)
        if self.broken and self.index == 1:
            raise ValueError(f"no model of {self.input}")
        self.score = self.index * self.alpha
        self.next(self.choose)

    @step
    def choose(self, inputs):
        self.best = max(one.score for one in inputs)
        self.next(self.end)

    @step
    def end(self):
        self.rows = [self.best]


if __name__ == "__main__":
    Train()
"""


def write_flow(folder: Path) -> None:
    """Write the flow into a folder."""
    (folder / "flow.py").write_text(FLOW)


def test_a_run_is_shown_as_it_was(tmp_path: Path) -> None:
    write_flow(tmp_path)
    with Page(tmp_path, "--no-browser") as page:
        assert page.get("/api/runs")["runs"] == []
        assert page.flownote("run", "flow.py", "--quiet", "--tag", "nightly").returncode == 0
        assert page.flownote("run", "flow.py", "--quiet", "--broken", "True").returncode != 0
        failed, good = page.get("/api/runs")["runs"]
        assert (good["status"], good["tasks"]["done"], good["tags"]) == (
            "succeeded",
            6,
            ["nightly"],
        )
        assert good["parameters"] == {"alpha": 0.5, "broken": False}
        assert (failed["status"], failed["failed_at"]) == ("failed", "fit[1]")
        path = f"/api/runs/Train/{failed['run']}"
        detail = page.get(path)
        (failure,) = detail["failures"]
        assert failure["foreach_value"] == "b" and len(failure["attempts"]) == 2
        assert (failure["error"]["name"], failure["error"]["message"]) == (
            "ValueError",
            "no model of b",
        )
        assert failure["error"]["frames"][-1]["line"] == 21
        lines = page.get(f"{path}/fit/1/logs?stream=stderr")["lines"]
        assert (lines[0]["attempt"], lines[0]["text"]) == (0, "fitting b")
        code = page.get(f"{path}/fit/1/code")
        first, last = code["lines"]
        text = code["files"][0]["text"].splitlines()[first - 1 : last]
        assert (text[0].strip(), text[-1].strip()) == (
            "@retry(times=1, minutes_between_retries=0)",
            "self.next(self.choose)",
        )
        end = page.get(f"/api/runs/Train/{good['run']}/end/0")
        assert {row["name"] for row in end["artifacts"]} >= {"best", "rows", "alpha"}
        rows = page.get(f"/api/runs/Train/{good['run']}/end/0/artifacts/rows")
        assert rows["preview"] == {"kind": "json", "value": [1.0]}
        names = {node["label"] for node in rows["lineage"]["nodes"]}
        assert {"end", "choose", "fit[2]"} <= names, rows["lineage"]
        both = f"Train/{good['run']},Train/{failed['run']}"
        compared = page.get(f"/api/compare?runs={both}")
        assert compared["parameters"] == ["broken", "alpha"]


def test_a_failed_run_is_opened_resumed_and_run_again(tmp_path: Path) -> None:
    write_flow(tmp_path)
    with Page(tmp_path, "--no-browser") as page:
        page.flownote("run", "flow.py", "--quiet", "--broken", "True")
        (failed,) = page.get("/api/runs")["runs"]
        path = f"/api/runs/Train/{failed['run']}"
        status, opened = page.post("/api/tasks/open", {"pathspec": f"Train/{failed['run']}/fit/1"})
        assert status == 200, opened
        assert "no model of" in (tmp_path / opened["path"]).read_text()
        (tmp_path / "flow.py").write_text(FLOW.replace("self.index == 1", "self.index == 9"))
        status, resumed = page.post(f"{path}/resume", {})
        assert status == 200, resumed
        detail = page.over(f"/api/runs/Train/{resumed['run']}", "succeeded")
        assert detail["row"]["origin"] == failed["run"]
        assert detail["steps"][0]["counts"]["reused"] == 1
        status, again = page.post(f"{path}/resume", {"how": "again"})
        assert status == 200, again
        page.over(f"/api/runs/Train/{again['run']}", "succeeded")
        status, refused = page.post(f"{path}/resume", {"how": "continue"})
        assert (status, "is over" in refused["error"]["what"]) == (409, True)
        (tmp_path / "flow.py").unlink()
        status, refused = page.post(f"{path}/resume", {})
        assert (status, "isn't there" in refused["error"]["what"]) == (409, True)


def test_further_links_and_the_end(tmp_path: Path) -> None:
    with Page(tmp_path, "--no-browser") as page:
        more = page.flownote("ui", "--url")
        assert more.returncode == 0, more.stderr
        assert page.log_in(more.stdout.strip())
        other = page.flownote("ui", "--url", "--store", str(tmp_path / "another"))
        assert other.returncode != 0 and "shows" in other.stderr, other.stderr
        assert not (tmp_path / "another").exists()
        status, _, _ = page.ask("GET", "/login?token=" + page.link.partition("token=")[2])
        assert status == 303  # who is in already isn't bothered
        code, said = page.end()
        assert code == 0, said
        assert "token=" not in said and "Traceback" not in said
        gone = page.flownote("ui", "--url")
        assert gone.returncode != 0 and "flownote ui" in gone.stderr


def test_nothing_of_the_token_is_seen_by_others(tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    browser = tmp_path / "browser"
    browser.write_text(
        f"#!{sys.executable}\nimport os, sys\n"
        f"open({str(seen)!r} + '.part', 'w').write(repr([sys.argv, dict(os.environ)]))\n"
        f"os.rename({str(seen)!r} + '.part', {str(seen)!r})\n"
    )
    browser.chmod(0o755)
    with Page(tmp_path, environment={"BROWSER": str(browser)}) as page:
        for _ in range(300):
            if seen.exists():
                break
            time.sleep(0.1)
        told = seen.read_text()
        assert "file://" in told and "token=" not in told
        (opened,) = (tmp_path / "state").rglob("open-*.html")
        assert opened.stat().st_mode & 0o077 == 0
        text = opened.read_text()
        link = text.partition("url=")[2].partition('"')[0]
        assert page.log_in(link) != page.cookie
        tokens = [page.link.partition("token=")[2], link.partition("token=")[2]]
        for file in ("cmdline", "environ"):
            told = Path(f"/proc/{page.process.pid}/{file}").read_bytes().decode(errors="replace")
            assert not any(token in told for token in tokens)
    assert not opened.exists() or page.process.returncode != 0


def test_a_server_for_others_is_refused_without_a_password(tmp_path: Path) -> None:
    line = [sys.executable, "-m", "flownote", "ui", "--no-browser", "--host", "0.0.0.0"]
    environment = {**os.environ, "FLOWNOTE_STORE": str(tmp_path), "XDG_STATE_HOME": str(tmp_path)}
    ran = subprocess.run(
        line, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60
    )
    assert ran.returncode != 0 and ran.stdout == ""
    assert "there is no password" in ran.stderr and "--password" in ran.stderr


VALUES = """\
import numpy as np
import pandas as pd
import pyarrow as pa
from scipy import sparse

from flownote import FlowSpec, step


class Values(FlowSpec):
    @step
    def start(self):
        self.array = np.arange(6.0).reshape(2, 3)
        self.matrix = sparse.csr_matrix(np.eye(2) * 3)
        self.frame = pd.DataFrame({"film": ["Alien", None], "year": [1979, 1995]}, index=["r", "s"])
        self.table = pa.table({"n": list(range(1000))})
        self.nested = {"a": (1, 2), 3: "x"}
        self.text = "one\\ntwo"
        self.picture = b"\\x89PNG\\r\\n\\x1a\\n" + bytes(20)
        self.pickled = [object]
        self.next(self.end)

    @step
    def end(self):
        pass
"""


def test_values_are_looked_into_without_unpickling(tmp_path: Path) -> None:
    (tmp_path / "flow.py").write_text(VALUES)
    with Page(tmp_path, "--no-browser") as page:
        assert page.flownote("run", "flow.py", "--quiet").returncode == 0
        (run,) = page.get("/api/runs")["runs"]
        path = f"/api/runs/Values/{run['run']}/end/0"
        names = [row["name"] for row in page.get(path)["artifacts"]]
        seen = {name: page.get(f"{path}/artifacts/{name}")["preview"] for name in names}
    assert seen["array"]["corner"] == [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]
    assert (seen["array"]["dtype"], seen["array"]["shape"]) == ("float64", [2, 3])
    assert seen["matrix"]["corner"] == [[3.0, 0], [0, 3.0]]
    assert [column["name"] for column in seen["frame"]["columns"]] == ["film", "year", "index"]
    assert seen["frame"]["rows"] == [["Alien", 1979, "r"], [None, 1995, "s"]]
    assert (len(seen["table"]["rows"]), seen["table"]["total_rows"]) == (200, 1000)
    assert seen["nested"]["value"] == {"a": [1, 2], "3": "x"}
    assert seen["text"] == {"kind": "text", "text": "one\ntwo", "is_cut": False}
    assert (seen["picture"]["kind"], seen["picture"]["media_type"]) == ("image", "image/png")
    assert seen["pickled"]["kind"] == "none" and "pickle" in seen["pickled"]["why"]
