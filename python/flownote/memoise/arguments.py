"""What a call's arguments are, whatever way they are given."""

from __future__ import annotations

import inspect

from flownote import codecs
from flownote.digests import digest_of_text
from flownote.exceptions import FlownoteException

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any


class Arguments:
    """Identifies the arguments of one function's calls.

    Parameters
    ----------
    function, name
        The function, and its name for messages.
    ignore
        Names that don't count.
    """

    def __init__(self, function: Any, name: str, ignore: Iterable[str]) -> None:
        if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
            raise FlownoteException(
                f"`{name}` is asynchronous, and `memo` keeps what a function returns",
                hint="memoise the function that it awaits the result of",
            )
        if inspect.isgeneratorfunction(function):
            raise FlownoteException(
                f"`{name}` is a generator, which can be gone through only once",
                hint="return a list: `return list(…)`",
            )
        self._name = name
        self._signature = inspect.signature(function)
        self._ignore = frozenset((ignore,) if isinstance(ignore, str) else ignore)
        unknown = self._ignore - self._signature.parameters.keys()
        if unknown:
            listed = ", ".join(f"`{one}`" for one in self._signature.parameters)
            raise FlownoteException(
                f"`{name}` has no argument `{sorted(unknown)[0]}` to ignore",
                hint=f"it has {listed or 'none'}",
            )

    def digest(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
        """Return the digest of a call's arguments.

        Raises
        ------
        TypeError
            When the function can't be called so.
        FlownoteException
            When an argument can't be told from others.
        """
        bound = self._signature.bind(*args, **kwargs)
        bound.apply_defaults()
        lines = sorted(
            f"{name} {self._identity(name, value)}" for name, value in self._single(bound.arguments)
        )
        return digest_of_text("flownote memo\n" + "\n".join(lines))

    def _single(self, arguments: dict[str, Any]) -> Iterator[tuple[str, Any]]:
        for name, value in arguments.items():
            kind = self._signature.parameters[name].kind
            if name in self._ignore:
                continue
            if kind is inspect.Parameter.VAR_POSITIONAL:
                yield from ((f"*{name}.{at}", one) for at, one in enumerate(value))
            elif kind is inspect.Parameter.VAR_KEYWORD:
                yield from ((f"**{key}", one) for key, one in value.items())
            else:
                yield name, value

    def _identity(self, name: str, value: Any) -> str:
        from flownote.provenance import pickled
        from flownote.worker.staging import digest_of

        if inspect.isfunction(value):
            return self._function(name, value)
        try:
            encoded = codecs.encode(value)
            digest = digest_of(encoded)
        except Exception as error:
            raise FlownoteException(
                f"`{self._name}` can't be memoised for its argument `{name}`, "
                f"{codecs.type_name(type(value))}: {type(error).__name__}: {error}",
                hint=f'give it plain values or arrays, or leave it out: `ignore=["{name}"]`',
            ) from error
        identity = f"{encoded.codec}:{codecs.type_name(type(value))}:{digest}"
        if encoded.codec == "pickle":
            # An object brings the methods of its class with it.
            identity += "".join(f" {one}" for one in sorted(pickled.digests_behind(value)))
        return identity

    def _function(self, name: str, value: Any) -> str:
        """A function is told by its code: a pickle has its name alone."""
        from flownote.memoise.code import Code

        code = Code(value).now()
        if code.unverified:
            raise FlownoteException(
                f"`{self._name}` can't be memoised for its argument `{name}`: {code.unverified}",
                hint=f'leave it out when it doesn\'t matter: `ignore=["{name}"]`',
            )
        return f"function:{code.digest}"
