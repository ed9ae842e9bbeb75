"""The native module's types."""

from typing import Any

from flownote_studio import _models, _scoring, _video

models = _models
scoring = _scoring
video = _video

def invoke(line: list[str], executable: str) -> int:
    """Run a command line about notebooks; return the exit code."""

def serve_interpreter(fd: int, executable: str) -> int:
    """Serve a supervisor over the socket ``fd``, which changes hands, until it closes.

    Returns the exit code. Other threads run meanwhile.
    """

def serve_rust(fd: int, executable: str) -> int:
    """Serve a supervisor that runs Rust cells, as `serve_interpreter` does for SQL and WASM.

    The process ends with the conversation: user code may still run.
    """

def serve_jupyter(
    connection: str, python: str, version: str, file: str | None = None, parent: int | None = None
) -> int:
    """Serve Jupyter by the ports of a connection file until a front end says to end.

    Returns the exit code. Other threads run meanwhile.
    """

def serve_supervisor(
    socket: str,
    notebook: str,
    file: str,
    store: str | None,
    python: str,
    studio: str,
    orphaned: float,
) -> int:
    """Serve one notebook's session on a socket; its document comes on standard input.

    Returns the exit code. Other threads run meanwhile.
    """

def wasm_compile(source: str, *, folder: str, python: str, label: str) -> list[WasmFunction]:
    """Compile a WASM cell: its functions, in the order of its header."""

class WasmFunction:
    """A WASM function."""

    def __init__(self, data: bytes, meta: str) -> None: ...
    def stored(self) -> tuple[bytes, str]:
        """Return the module's bytes, and the record's ``meta`` as JSON."""

    @property
    def signature(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def inputs(self) -> list[str]: ...
    def call(self, arguments: list[Any]) -> ResultColumn:
        """Call it with columns, and with numbers that stand for each row."""

class ResultColumn:
    """What a function returned: an Arrow array, open to NumPy and to Arrow's readers."""

    def __len__(self) -> int: ...
    @property
    def null_count(self) -> int: ...
    def value(self) -> Any:
        """Return the only value, or None for a null."""

    def mask(self) -> bytes:
        """Return a byte for each row: 1 where it is null."""

    @property
    def __array_interface__(self) -> dict[str, Any]: ...
    def __arrow_c_array__(self, requested_schema: object = None) -> tuple[Any, Any]: ...
