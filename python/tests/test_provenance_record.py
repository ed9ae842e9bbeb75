"""A task's provenance record, as `core/flow/src/provenance` defines it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from project_files import loaded

from flownote import current, provenance
from flownote.provenance import pickled
from flownote.reads import Reads

FLOW = """
    from models import Model
    class F(FlowSpec):
        alpha = Parameter("alpha", default=1)
        @step
        def start(self):
            self.model = Model()
            self.next(self.end)
        @step
        def end(self):
            self.x = self.model.predict()
"""
MODELS = """
    BIAS = 1
    class Model:
        def predict(self):
            return BIAS
    class Other:
        pass
"""


@pytest.fixture(autouse=True)
def _clean() -> Any:
    yield
    current._end()
    pickled._digests.clear()


def record(folder: Path, files: dict[str, str], identity: str, made: str = "Model()") -> dict:
    with loaded(folder, files) as found:
        module = __import__("models")
        reads = Reads()
        reads.artifact("model", identity)
        reads.artifact("alpha", "json:int:aa")
        flow = found.flow(use_cli=False)
        flow.__dict__["model"] = eval(made, vars(module))
        current._begin({"foreach": []}, reads, flow)
        written = {"x": {"codec": "json", "type": "int", "digest": "bb"}}
        return provenance.record(found.flow, "end", reads, {"artifacts": written}, {"model"})


def test_record(tmp_path: Path) -> None:
    files = {"flow.py": FLOW, "models.py": MODELS}
    found = record(tmp_path, files, "json:int:cc")
    assert set(found["code"].pop("parts")) == {"flow.py:F.end"}
    assert len(found["code"].pop("digest")) == 64
    assert found["environment"].pop("runtime").startswith("3.")
    assert found == {
        "schema": 1,
        "language": "python",
        "code": {"coarse": None, "lines": {"flow.py:F.end": 11}},
        "environment": {},
        "reads": {"artifacts": {"model": "json:int:cc"}, "parameters": {"alpha": "json:int:aa"}},
        "writes": {"x": "json:int:bb"},
        "deleted": ["model"],
    }


@pytest.mark.parametrize("made", ["Model()", "[Model()]", "{'a': (Model(),)}"])
def test_the_class_of_a_stored_object_is_recorded(made: str, tmp_path: Path) -> None:
    files = {"flow.py": FLOW, "models.py": MODELS}
    kind = "models.Model" if made == "Model()" else "list"
    found = [
        record(tmp_path, files | {"models.py": text}, f"pickle:{kind}:cc", made)["externals"]
        for text in (
            MODELS,
            MODELS.replace("BIAS = 1", "BIAS = 2"),
            MODELS.replace("pass", "x = 1"),
        )
    ]
    assert [one["name"] for one in found[0]] == ["models:Model"]
    assert found[0][0]["kind"] == "class"
    assert found[0] != found[1]
    assert found[0] == found[2]


def test_the_code_of_every_task_of_a_foreach_isnt_spelt_out(tmp_path: Path) -> None:
    with loaded(tmp_path, {"flow.py": FLOW, "models.py": MODELS}) as found:
        reads = Reads()
        current._begin({"foreach": [{"index": 2}]}, reads)
        code = provenance.record(found.flow, "start", reads, {"artifacts": {}})["code"]
        assert set(code) == {"digest", "coarse"}


def test_code_that_cannot_be_read_doesnt_end_the_task(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flownote.provenance.reach import Reach

    def fail(*_: object, **__: object) -> None:
        raise ValueError("odd")

    with loaded(tmp_path, {"flow.py": FLOW, "models.py": MODELS}) as found:
        monkeypatch.setattr(Reach, "step", fail)
        kept = provenance.record(found.flow, "start", Reads(), {"artifacts": {}})
    assert kept["unverified"] == "its code can't be read: ValueError: odd"
