"""Models' shared habits: parameters, the state of a fit, bytes, and the studio's absence."""

from __future__ import annotations

import copy
import json
import pickle
import subprocess
import sys

import numpy as np
import pytest

from flownote import codecs
from flownote.codecs.base import Encoded, type_name
from flownote.exceptions import FlownoteException
from flownote.models import ModelError, NotFittedError
from flownote.models.bandit import LinUCB, Thompson
from flownote.models.customer import BgNbd, KMeans
from flownote.models.recommend import EASE, IALS


@pytest.fixture(scope="module")
def purchases() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Customers who buy every few weeks and may stop after any purchase."""
    random = np.random.default_rng(7)
    rows = []
    for rate, stops in zip(random.gamma(1.0, 0.2, 400), random.beta(1.0, 3.0, 400), strict=True):
        age = float(random.integers(20, 40))
        frequency, recency = 0, 0.0
        time = random.exponential(1 / rate)
        while time < age:
            frequency, recency = frequency + 1, time
            if random.random() < stops:
                break
            time += random.exponential(1 / rate)
        rows.append((frequency, recency, age))
    frequencies, recencies, ages = np.array(rows, dtype=float).T
    return frequencies, recencies, ages


def stored(model: object) -> tuple[Encoded, bytes, dict]:
    encoded = codecs.encode(model)
    chunks: list[bytes] = []
    encoded.write(lambda data: chunks.append(bytes(data)))
    record = {"codec": encoded.codec, "type": type_name(type(model)), "meta": encoded.meta}
    return encoded, b"".join(chunks), record


def test_a_fitted_model_is_an_artifact_in_an_open_format(purchases: tuple) -> None:
    model = BgNbd().fit(*purchases)
    encoded, data, record = stored(model)
    assert encoded.codec == "model"
    assert encoded.meta == {"kind": "customer.bg_nbd", "parameters": {}}
    assert "log-likelihood" in (encoded.preview or "")
    back = codecs.decode(bytearray(data), record)
    assert type(back) is BgNbd and back == model and back.r_ == model.r_
    assert np.array_equal(back.probability_alive(*purchases), model.probability_alive(*purchases))
    # The same fit has the same digest, and the file is safetensors': a header in JSON.
    assert stored(BgNbd().fit(*purchases))[1] == data == stored(back)[1]
    assert data[8:9] == b"{" and b"customer.bg_nbd" in data


def test_a_model_before_its_fit_is_kept_as_well() -> None:
    _, data, record = stored(BgNbd())
    back = codecs.decode(bytearray(data), record)
    assert type(back) is BgNbd
    with pytest.raises(NotFittedError, match="this `BgNbd` isn't fitted yet") as error:
        back.predict([1.0], [1.0], [2.0], periods=4)
    assert error.value.hint == "call `fit` first"
    assert not hasattr(back, "r_")


def test_models_are_copied_and_pickled_by_their_bytes(purchases: tuple) -> None:
    model = BgNbd().fit(*purchases)
    for again in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert again == model and again is not model


def test_parameters_are_those_of_the_constructor() -> None:
    model = BgNbd()
    assert model.get_params() == {} and model.set_params() is model
    with pytest.raises(ModelError, match="`BgNbd` takes no parameter `penalty`"):
        model.set_params(penalty=1)


def test_a_fit_is_shown(purchases: tuple) -> None:
    assert repr(BgNbd()) == "BgNbd()"
    model = BgNbd().fit(*purchases)
    assert repr(model).startswith("<BgNbd(): r ") and "of 400 customers" in repr(model)
    assert "<th>standard error</th>" in model._repr_html_()


def test_columns_of_frames_and_lists_are_read(purchases: tuple) -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(dict(zip(("frequency", "recency", "age"), purchases, strict=True)))
    frame["frequency"] = frame["frequency"].astype("int32")
    model = BgNbd().fit(frame["frequency"], frame["recency"], frame["age"])
    lists = BgNbd().fit(*(column.tolist() for column in purchases))
    assert model == lists == BgNbd().fit(*purchases)


def test_what_is_no_column_is_told() -> None:
    with pytest.raises(ModelError, match="`recency` has 2 dimensions"):
        BgNbd().fit([1.0], [[1.0]], [2.0])
    with pytest.raises(ModelError, match="`frequency` isn't a column of numbers"):
        BgNbd().fit(["often"], [1.0], [2.0])
    with pytest.raises(ModelError, match="`frequency` is NaN at row 1") as error:
        BgNbd().fit([1.0, float("nan")], [1.0, 1.0], [2.0, 2.0])
    assert "leave out customers" in (error.value.hint or "")


def test_damaged_bytes_are_no_model(purchases: tuple) -> None:
    _, data, record = stored(BgNbd().fit(*purchases))
    with pytest.raises(ModelError, match="this isn't a saved model"):
        codecs.decode(bytearray(data[:-1]), record)


FORKED = """
import os, signal
from flownote.models.customer import KMeans, silhouettes
rows = [[float(i % 7), float(i % 5)] for i in range(3000)]
first = KMeans(3).fit(rows)
if os.fork() == 0:
    signal.alarm(60)
    same = KMeans(3).fit(rows) == first and silhouettes(rows, first.labels_).mean() > 0
    os._exit(0 if same else 1)
print(os.waitstatus_to_exitcode(os.wait()[1]))
"""


def test_a_forked_process_fits_as_well() -> None:
    ran = subprocess.run([sys.executable, "-c", FORKED], capture_output=True, text=True)
    assert ran.stdout.strip() == "0", ran.stderr


INTERRUPTED = """
import os, threading, numpy
from flownote.models.customer import KMeans
rows = numpy.random.default_rng(1).normal(size=(200_000, 8))
KMeans(2, starts=1, rounds=1).fit(rows)
threading.Timer(0.3, os.kill, (os.getpid(), 2)).start()
try:
    KMeans(40, starts=10_000).fit(rows)
except KeyboardInterrupt:
    print("interrupted")
"""


def test_a_long_fit_is_interrupted() -> None:
    command = [sys.executable, "-c", INTERRUPTED]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert ran.stdout.strip() == "interrupted", ran.stderr


def test_without_the_studio_a_model_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "flownote_studio", None)
    monkeypatch.delitem(sys.modules, "flownote_studio._studio", raising=False)
    with pytest.raises(FlownoteException, match="`flownote-studio`") as error:
        BgNbd().fit([1.0], [1.0], [2.0])
    assert error.value.hint == "install it beside flownote: pip install flownote-studio"
    assert repr(BgNbd()) == "BgNbd()"


def test_flownote_loads_no_model_unasked() -> None:
    code = (
        "import sys, flownote, flownote.codecs; flownote.codecs.encode(flownote.current);"
        "print([m for m in sys.modules if 'flownote.models' in m or 'studio' in m or m == 'numpy'])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert ran.stdout.strip() == "[]", ran.stderr


def without_options(data: bytes) -> bytes:
    """Return a model's file as a Rust cell writes it: without the options of a Python class."""
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    metadata = json.loads(header["__metadata__"]["flownote.model"])
    del metadata["parameters"]["options"]
    header["__metadata__"]["flownote.model"] = json.dumps(metadata)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text + data[8 + length :]


def test_what_rust_fitted_says_of_itself_what_its_file_says() -> None:
    rewards = np.array([1.0, 0.0, 1.0, 1.0])
    actions = np.array([0, 1, 2, 2])
    context = np.eye(4)[:, :2]
    events = pytest.importorskip("scipy.sparse").csr_matrix(np.tri(4))
    for fitted, shown in (
        (
            Thompson(3, prior=(2.0, 5.0)).fit(actions, rewards),
            "Thompson(n_actions=3, prior=(2.0",
        ),
        (LinUCB(3, alpha=0.7).fit(actions, rewards, context), "LinUCB(n_actions=3, alpha=0.7"),
        (KMeans(2, rounds=50).fit(np.eye(4)), "KMeans(clusters=2"),
        (IALS(2, l2=3.0, seed=5).fit(events), "IALS(factors=2, l2=3.0, seed=5"),
        (EASE(3.0).fit(events), "EASE(l2=None"),
    ):
        read = type(fitted).from_bytes(without_options(fitted.to_bytes()))
        assert type(read) is type(fitted)
        assert repr(read).startswith(f"<{shown}"), read
        assert read._fitted.to_bytes("{}") == fitted._fitted.to_bytes("{}")
    with pytest.raises(ModelError, match="`l2`") as raised:
        read.fit(events)
    assert raised.value.hint
