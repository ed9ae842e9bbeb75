"""`Parameter`, `JSONType` and `IncludeFile`: what a run is given from outside.

A parameter is a descriptor on the flow's class: on the class it is the `Parameter`, on
an instance its value. `flownote.parameter_values` turns what a user typed into values;
`flownote.parameter_types` holds the types.
"""

from __future__ import annotations

from flownote.exceptions import ParameterError, ReadOnlyAttribute
from flownote.flowspec import own_attributes
from flownote.parameter_types import FileType, JSONType, type_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

__all__ = ["IncludeFile", "JSONType", "Parameter", "ParameterContext"]


class ParameterContext:
    """What a callable default is given.

    Attributes
    ----------
    flow_name, user_name, parameter_name
        The flow, who starts the run, and the parameter that is asked for.
    """

    def __init__(self, flow_name: str, user_name: str, parameter_name: str) -> None:
        self.flow_name = flow_name
        self.user_name = user_name
        self.parameter_name = parameter_name


class Parameter:
    """A value that a run is given: ``--alpha 0.5``, ``FLOWNOTE_RUN_ALPHA=0.5`` or its default.

    Parameters
    ----------
    name
        What users type; ``my-param`` and ``my_param`` mean the same.
    default
        A value, or a function of a `ParameterContext` that returns one.
    type
        ``str``, ``int``, ``float``, ``bool`` or `JSONType`. Without it the type is the
        default's, or ``str``.
    required
        Whether a run without a value is refused.
    help
        One line for ``--help``.
    separator
        The value is a list, given as one text cut at this separator.
    multiple
        The value is a tuple, given by naming the option several times.
    show_default
        Whether ``--help`` shows the default.

    Raises
    ------
    ParameterError
        When the definition contradicts itself.

    Examples
    --------
    >>> from flownote import FlowSpec, Parameter
    >>> class Train(FlowSpec):
    ...     alpha = Parameter("alpha", default=0.5, help="learning rate")
    """

    is_flownote_parameter = True
    is_file = False

    def __init__(
        self,
        name: str,
        *,
        default: Any = None,
        type: Any = None,
        required: bool = False,
        help: str | None = None,
        separator: str | None = None,
        multiple: bool = False,
        show_default: bool = True,
    ) -> None:
        if not isinstance(name, str) or not name.replace("-", "_").isidentifier():
            raise ParameterError(
                f"{name!r} can't be the name of a parameter",
                hint="a name has letters, digits, `_` and `-`",
            )
        if required and default is not None:
            raise ParameterError(
                f"the parameter `{name}` is required and has a default",
                hint="take one of the two away",
            )
        self.name = name
        self.attribute = name
        self.default = default
        self.required = bool(required)
        self.help = help
        self.separator = separator
        self.multiple = bool(multiple)
        self.show_default = show_default
        self.type = type_of(type, default, name, several=self.takes_several)

    def __set_name__(self, owner: type, attribute: str) -> None:
        self.attribute = attribute

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        if instance is None:
            return self
        own = own_attributes(instance)
        if self.attribute in own:
            return own[self.attribute]
        state = own.get("_flownote")
        if state is None or getattr(state, "bare", False):
            return self.default_value(type(instance).__name__)
        return state.load(self.attribute)

    def __set__(self, instance: Any, value: Any) -> None:
        state = own_attributes(instance).get("_flownote")
        if state is not None and not getattr(state, "bare", False):
            raise ReadOnlyAttribute(
                f"`{self.attribute}` is a parameter and can't be assigned",
                hint=f"keep the new value under another name: `self.new_{self.attribute} = …`",
            )
        own_attributes(instance)[self.attribute] = value

    @property
    def takes_several(self) -> bool:
        """Whether the value is a list or tuple."""
        return self.separator is not None or self.multiple

    @property
    def variable(self) -> str:
        """The environment variable that gives a value."""
        return f"FLOWNOTE_RUN_{self.name.upper().replace('-', '_')}"

    def convert(self, given: Any) -> Any:
        """Return the value that a text (or a Python value) means.

        Raises
        ------
        ParameterError
            Naming the parameter, what was given and the type that it must have.
        """
        if not self.takes_several:
            return self.type.convert(given, self.name)
        if isinstance(given, str):
            given = given.split(self.separator or ",") if given else []
        elif isinstance(given, (list, tuple)):
            given = [
                part
                for text in given
                for part in (
                    text.split(self.separator)
                    if self.separator and isinstance(text, str)
                    else [text]
                )
            ]
        else:
            given = [given]
        values = [
            self.type.convert(text.strip() if isinstance(text, str) else text, self.name)
            for text in given
        ]
        return values if self.separator is not None else tuple(values)

    def default_value(self, flow_name: str, user_name: str = "") -> Any:
        """Return the default, calling it when it is a function; None when there is none."""
        default = self.default
        if callable(default):
            default = self._call_default(default, flow_name, user_name)
        return None if default is None else self.convert(default)

    def describe(self) -> dict[str, Any]:
        """Return the parameter as a flow's description has it, its place left out."""
        return {
            "name": self.name,
            "kind": self.type.kind,
            "default": self._default_text(),
            "required": self.required,
            "separator": (self.separator or ",") if self.takes_several else None,
            "help": self.help,
        }

    def _default_text(self) -> str | None:
        if self.default is None or callable(self.default) or not self.show_default:
            return None
        if self.takes_several and isinstance(self.default, (list, tuple)):
            return (self.separator or ",").join(self.type.text(part) for part in self.default)
        return self.type.text(self.default)

    def _call_default(
        self, function: Callable[[ParameterContext], Any], flow_name: str, user_name: str
    ) -> Any:
        context = ParameterContext(flow_name, user_name, self.name)
        try:
            return function(context)
        except ParameterError:
            raise
        except Exception as error:
            raise ParameterError(
                f"the default of the parameter `{self.name}` can't be computed: "
                f"{type(error).__name__}: {error}",
                hint="a callable default takes one argument, the context",
            ) from error

    def __repr__(self) -> str:
        return f"<Parameter {self.name}: {self.type.expected}>"


class IncludeFile(Parameter):
    """The content of a file, read when the run starts and kept with it.

    Parameters
    ----------
    name
        What users type: ``--data titles.csv``.
    default
        A path, or a function of a `ParameterContext` that returns one.
    is_text
        Whether the value is text (``str``); with ``False`` it is ``bytes``.
    encoding
        How a text is encoded; UTF-8 unless said otherwise.
    required, help
        As for `Parameter`.
    """

    is_file = True

    def __init__(
        self,
        name: str,
        *,
        default: Any = None,
        is_text: bool = True,
        encoding: str | None = None,
        required: bool = False,
        help: str | None = None,
        show_default: bool = True,
    ) -> None:
        self.is_text = bool(is_text)
        self.encoding = encoding or "utf-8"
        super().__init__(
            name,
            default=default,
            type=FileType(self.is_text, self.encoding),
            required=required,
            help=help,
            show_default=show_default,
        )
