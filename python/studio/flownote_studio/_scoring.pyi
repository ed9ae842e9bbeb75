"""The types of the nested module ``_studio.scoring``: functions of fitted models."""

from typing import Any, TypeAlias

from flownote_studio._studio import ResultColumn

Described: TypeAlias = tuple[str, list[tuple[str, str]], str]

def scoring_functions(data: bytes) -> list[Described]:
    """Return each function's name, its parameters with their units, and what it gives."""

class ScoringFunction:
    """One function of a fitted model."""

    @staticmethod
    def of(data: bytes, function: str, fixed: dict[str, float]) -> ScoringFunction: ...
    @staticmethod
    def from_bytes(data: bytes) -> ScoringFunction: ...
    def to_bytes(self) -> bytes: ...
    @property
    def kind(self) -> str: ...
    def described(self) -> Described: ...
    def fixed(self) -> dict[str, float]:
        """Return the arguments that are the same for all rows."""

    def call(self, arguments: list[Any]) -> ResultColumn:
        """Call it with columns, and with numbers that stand for each row."""
