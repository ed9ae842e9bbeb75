"""What steps read and write: lazily, recorded, and only what changed."""

from __future__ import annotations

import atexit
import json
import os
import sys
import threading
import time
from typing import Any

import numpy
import pytest
from small_engine import SmallEngine

from flownote import FlowSpec, current, step


class Values(FlowSpec):
    """Steps that read, change and delete."""

    @step
    def start(self) -> None:
        self.x = 1
        self.items = [1, 2]
        self.array = numpy.arange(100_000)
        self.small = numpy.zeros(3)
        self.pair = (1, [2])
        self.next(self.end)

    @step
    def idle(self) -> None:
        self.next(self.end)

    @step
    def reads(self) -> None:
        assert self.x == 1
        assert self.items == [1, 2]
        assert self.array.sum() == 4999950000
        assert self.small[0] == 0
        assert self.pair == (1, [2])
        assert not hasattr(self, "nothing")
        assert getattr(self, "nobody", 5) == 5
        self.next(self.end)

    @step
    def changes(self) -> None:
        self.x += 1
        self.items.append(3)
        self.array[7] = -1
        self.small[1] = 5
        self.pair[1].append(3)
        self.next(self.end)

    @step
    def reshapes(self) -> None:
        self.array.shape = (100, 1000)
        self.next(self.end)

    @step
    def copies(self) -> None:
        self.y = self.array
        self.z = self.array
        self.a = self.b = numpy.ones(100_000)
        self.next(self.end)

    @step
    def deletes(self) -> None:
        del self.items
        del self.x
        assert not hasattr(self, "x")
        self.x = 5
        with pytest.raises(AttributeError):
            del self.items
        self.conn = open(__file__)  # noqa: SIM115
        self.conn.close()
        del self.conn
        self.next(self.end)

    @step
    def misses(self) -> None:
        print(self.itmes)

    @step
    def end(self) -> None:
        self.__dict__.update(new=1)
        print(sorted(vars(self)))

    @step
    def lists(self) -> None:
        print("small" in dir(self), self.new)
        self.next(self.end)

    @step
    def needs_items(self) -> None:
        print(self.items)


@pytest.fixture
def engine(tmp_path: Any) -> Any:
    with SmallEngine(tmp_path, Values) as engine:
        assert engine.run("start").artifacts
        yield engine


def test_an_idle_step_passes_everything_on(engine: SmallEngine) -> None:
    idle = engine.run("idle", ["start/0.0"])
    assert idle.artifacts == {}
    assert set(idle.manifest["inherited"]["start/0.0"]) == {
        "x", "items", "array", "small", "pair",
    }  # fmt: skip


def test_reading_writes_nothing(engine: SmallEngine) -> None:
    reads = engine.run("reads", ["start/0.0"])
    assert reads.artifacts == {}
    assert not list((engine.root / "staging").rglob("*tmp*"))


def test_changing_in_place_is_a_write(engine: SmallEngine) -> None:
    changes = engine.run("changes", ["start/0.0"])
    assert set(changes.artifacts) == {"x", "items", "array", "small", "pair"}
    assert changes.manifest["inherited"] == {}
    assert changes.artifacts["items"]["inline"] == "[1,2,3]"


def test_a_new_shape_is_a_write(engine: SmallEngine) -> None:
    reshapes = engine.run("reshapes", ["start/0.0"])
    assert reshapes.artifacts["array"]["meta"]["shape"] == [100, 1000]


def test_another_name_for_a_value_stores_it_once(engine: SmallEngine) -> None:
    before = len(list((engine.root / "blobs").rglob("*")))
    copies = engine.run("copies", ["start/0.0"])
    assert set(copies.artifacts) == {"y", "z", "a", "b"}
    assert len(list((engine.root / "blobs").rglob("*"))) <= before + 2
    assert copies.artifacts["a"] == copies.artifacts["b"]


def test_deleting_is_legal_and_not_passed_on(engine: SmallEngine) -> None:
    deletes = engine.run("deletes", ["start/0.0"])
    assert set(deletes.artifacts) == {"x"}
    assert set(deletes.manifest["inherited"]["start/0.0"]) == {"array", "small", "pair"}
    failure = engine.run("needs_items", ["deletes/0.0"]).failure
    assert failure["message"].endswith("wrote the artifact `items`; it is in `start`")
    assert "del" in failure["hint"]


def test_a_missing_artifact_says_where_to_look(engine: SmallEngine) -> None:
    failure = engine.run("misses", ["start/0.0"]).failure
    assert "no step before `misses` wrote the artifact `itmes`" in failure["message"]
    assert "misspelling" in failure["hint"]


def test_a_damaged_input_is_named_with_its_producer(engine: SmallEngine) -> None:
    for blob in (engine.root / "blobs").rglob("*"):
        if blob.is_file():
            data = bytearray(blob.read_bytes())
            data[-1] ^= 1
            blob.chmod(0o644)
            blob.write_bytes(data)
    failure = engine.run("reads", ["start/0.0"]).failure
    assert failure["kind"] == "input"
    assert "`array`" in failure["message"]
    assert "`start/0.0`" in failure["message"]


def test_all_attributes_are_there_when_asked_for(engine: SmallEngine) -> None:
    end = engine.run("end", ["start/0.0"])
    names = ["_flownote", "array", "items", "new", "pair", "small", "x"]
    assert end.stdout.decode() == f"{names}\n"
    assert set(end.artifacts) == {"new"}
    assert end.manifest["provenance"]["reads"]["every_name"] is True
    assert engine.run("lists", ["end/0.0"]).stdout == b"True 1\n"


class Fan(FlowSpec):
    """A foreach and a split, and joins of both."""

    @step
    def start(self) -> None:
        self.items = ["a", {"b": 1}, 2.5]
        self.common = "c"
        self.next(self.work, foreach="items")

    @step
    def nothing(self) -> None:
        self.items = []
        self.next(self.work, foreach="items")

    @step
    def wide(self) -> None:
        self.items = range(3000)
        self.next(self.work, foreach="items")

    @step
    def bad(self) -> None:
        self.items = [1, len, 2]
        self.next(self.work, foreach="items")

    @step
    def work(self) -> None:
        self.mine = (self.input, self.index)
        assert self.foreach_stack() == [(self.index, 3, self.input)]
        self.same = 7
        self.model = numpy.full(10_000, self.index)
        assert current.task_id == str(self.index)
        self.next(self.join)

    @step
    def join(self, inputs: Any) -> None:
        assert len(inputs) == 3
        self.seen = [inp.mine for inp in inputs]
        self.positions = [inp.index for inp in inputs]
        assert inputs[1].mine[0] == {"b": 1}
        assert inputs[-1].common == "c"
        self.merge_artifacts(inputs, exclude=["mine", "model"])
        assert self.same == 7
        self.best = inputs[2].model
        self.changed = inputs[1].model
        self.changed[0] = -1
        self.next(self.end)

    @step
    def conflicts(self, inputs: Any) -> None:
        self.merge_artifacts(inputs, exclude=["model"])

    @step
    def resolves(self, inputs: Any) -> None:
        self.mine = self.model = 0
        self.merge_artifacts(inputs)
        self.next(self.end)

    @step
    def includes(self, inputs: Any) -> None:
        self.merge_artifacts(inputs, include=["same", "nowhere"])

    @step
    def forgets(self, inputs: Any) -> None:
        print(self.common)

    @step
    def takes_one(self, inputs: Any) -> None:
        self.merge_artifacts(inputs, include=["same"])
        self.next(self.end)

    @step
    def left(self) -> None:
        self.value = 1
        self.next(self.named)

    @step
    def right(self) -> None:
        self.value = "1"
        self.next(self.named)

    @step
    def named(self, inputs: Any) -> None:
        print(inputs.left.value, repr(inputs.right.value))
        with pytest.raises(AttributeError, match="they end in `left`, `right`"):
            _ = inputs.middle
        with pytest.raises(AttributeError, match="passes on no artifact `other`"):
            _ = inputs.left.other
        self.merge_artifacts(inputs)

    @step
    def end(self) -> None:
        pass


@pytest.fixture(scope="module")
def fan(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with SmallEngine(tmp_path_factory.mktemp("fan"), Fan) as engine:
        engine.run("start")
        for frames in engine.frames("start/0.0"):
            assert "failure" not in engine.run("work", ["start/0.0"], foreach=frames).manifest
        yield engine


BRANCHES = ["work/0.0", "work/1.0", "work/2.0"]


def test_each_task_of_a_foreach_has_its_item(fan: SmallEngine) -> None:
    join = fan.run("join", BRANCHES)
    assert join.artifacts["positions"]["inline"] == "[0,1,2]"
    assert '{"b":1}' in join.artifacts["seen"]["inline"]
    inherited = join.manifest["inherited"]
    assert set(inherited["start/0.0"]) == {"items", "common"}
    assert "same" in inherited["work/0.0"]
    assert not list((fan.root / "staging" / "join").glob("*/*"))
    model = json.loads((fan.run_dir / "tasks/work/2.0.done").read_text())["manifest"]["artifacts"]
    assert join.artifacts["best"] == model["model"]
    assert join.artifacts["changed"]["preview"].startswith("10000 int64 [-1, 1, 1")


def test_a_foreach_may_have_no_items(fan: SmallEngine) -> None:
    nothing = fan.run("nothing")
    assert nothing.manifest["next"] == {"kind": "foreach", "step": "work", "count": 0}


def test_many_items_are_one_value(fan: SmallEngine) -> None:
    wide = fan.run("wide")
    assert wide.manifest["next"]["count"] == 3000
    assert "inline" not in wide.manifest["items"]["items"]
    assert len(fan.frames("wide/0.0")) == 3000


def test_an_unstorable_item_is_named(fan: SmallEngine) -> None:
    ok = fan.run("bad")
    assert "failure" not in ok.manifest, "a builtin function pickles by name"


def test_branches_that_disagree_are_listed(fan: SmallEngine) -> None:
    failure = fan.run("conflicts", BRANCHES).failure
    assert "branches disagree about `mine`" in failure["message"]
    assert failure["retryable"] is False
    resolved = fan.run("resolves", BRANCHES)
    assert resolved.artifacts["mine"]["inline"] == "0"


def test_include_names_what_must_be_there(fan: SmallEngine) -> None:
    assert "`nowhere`" in fan.run("includes", BRANCHES).failure["message"]
    one = fan.run("takes_one", BRANCHES)
    assert {name for names in one.manifest["inherited"].values() for name in names} == {"same"}


def test_a_join_inherits_nothing_by_itself(fan: SmallEngine) -> None:
    failure = fan.run("forgets", BRANCHES).failure
    assert "`inputs[0].common`" in failure["hint"]


def test_text_and_number_of_the_same_bytes_are_not_equal(fan: SmallEngine) -> None:
    fan.run("left", ["start/0.0"])
    fan.run("right", ["start/0.0"])
    named = fan.run("named", ["left/0.0", "right/0.0"])
    assert named.stdout == b"1 '1'\n"
    assert "branches disagree about `value`" in named.failure["message"]


class Leaves(FlowSpec):
    """A step with threads and exit functions."""

    @step
    def start(self) -> None:
        threading.Thread(target=lambda: (time.sleep(0.05), print("thread"))).start()
        atexit.register(print, "atexit")
        print("step", file=sys.stdout)
        self.pid = os.getppid()
        self.next(self.end)

    @step
    def end(self) -> None:
        print(current.step_name, self.pid == os.getppid())


atexit.register(print, "of the parent")


@pytest.mark.parametrize("spawn", [False, True])
def test_a_worker_ends_as_python_does(tmp_path: Any, spawn: bool) -> None:
    with SmallEngine(tmp_path, Leaves) as engine:
        start = engine.run("start", spawn=spawn)
        expected = b"step\nthread\natexit\n" + (b"of the parent\n" if spawn else b"")
        assert start.stdout == expected
        assert engine.run("end", ["start/0.0"], spawn=spawn).stdout == b"end True\n" + (
            b"of the parent\n" if spawn else b""
        )
