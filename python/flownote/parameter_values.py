"""From what a run was given to the values of its parameters.

The command line goes before the environment (``FLOWNOTE_RUN_<NAME>``), the environment
before the default. All that is wrong is told at once.
"""

from __future__ import annotations

import os

from flownote.describe import parameters_of
from flownote.exceptions import ParameterError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Mapping
    from typing import Any

    from flownote.parameters import Parameter


def resolve(
    flow: type,
    given: Mapping[str, Any],
    *,
    user_name: str = "",
    environ: Mapping[str, str] | None = None,
    known: Container[str] = (),
) -> dict[str, Any]:
    """Return attribute → value of every parameter of a flow.

    Parameters
    ----------
    flow
        The flow's class.
    given
        Parameter name (``my-param`` or ``my_param``) → what was typed: a text, a list
        of texts for one that takes several, or a Python value.
    user_name
        Who starts the run; callable defaults may ask.
    environ
        The environment; the process's own by default.
    known
        Attributes that have a value already: they are left out unless they are given.

    Raises
    ------
    ParameterError
        Naming every parameter that is missing, unknown or not of its type.
    """
    environ = os.environ if environ is None else environ
    typed = {_plain(name): (name, value) for name, value in given.items()}
    parameters = [parameter for _, parameter in parameters_of(flow)]
    errors = _unknown(typed, parameters, flow)
    values = {}
    for parameter in parameters:
        if parameter.attribute in known and not _is_given(parameter, typed, environ):
            continue
        try:
            values[parameter.attribute] = _value(parameter, typed, environ, flow, user_name)
        except ParameterError as error:
            errors.append(error)
    if errors:
        raise _together(errors)
    return values


def _is_given(parameter: Parameter, typed: Mapping[str, Any], environ: Mapping[str, str]) -> bool:
    return _plain(parameter.name) in typed or parameter.variable in environ


def _value(
    parameter: Parameter,
    typed: dict[str, tuple[str, Any]],
    environ: Mapping[str, str],
    flow: type,
    user_name: str,
) -> Any:
    if _plain(parameter.name) in typed:
        return parameter.convert(typed[_plain(parameter.name)][1])
    if parameter.variable in environ:
        try:
            return parameter.convert(environ[parameter.variable])
        except ParameterError as error:
            error.hint = f"the value comes from the environment: {parameter.variable}"
            raise
    if parameter.required:
        raise ParameterError(
            f"the parameter `{parameter.name}` needs a value",
            hint=f"give it as `--{parameter.name} {parameter.type.example()}` "
            f"or in {parameter.variable}",
        )
    return parameter.default_value(flow.__name__, user_name)


def _unknown(
    typed: dict[str, tuple[str, Any]], parameters: list[Parameter], flow: type
) -> list[ParameterError]:
    known = {_plain(parameter.name): parameter.name for parameter in parameters}
    errors = []
    for plain, (name, _) in typed.items():
        if plain in known:
            continue
        from difflib import get_close_matches

        close = get_close_matches(plain, known, n=1)
        hint = f"did you mean `--{known[close[0]]}`?" if close else None
        hint = hint or f"it has: {', '.join(known.values()) or 'none'}"
        errors.append(ParameterError(f"`{flow.__name__}` has no parameter `{name}`", hint=hint))
    return errors


def _together(errors: list[ParameterError]) -> ParameterError:
    if len(errors) == 1:
        return errors[0]
    lines = [f"{len(errors)} parameters are wrong"]
    lines += [f"  {error.message}" for error in errors]
    return ParameterError("\n".join(lines), hint=errors[0].hint)


def _plain(name: str) -> str:
    return name.replace("-", "_")
