"""`@resources`: what a step needs of the machine it runs on."""

from flownote.decorators.base import StepDecorator
from flownote.exceptions import DecoratorError


class resources(StepDecorator):  # noqa: N801 - read as a decorator
    """Say what a step needs. Local runs only note it; remote launchers ask for it.

    Parameters
    ----------
    cpu
        Processors.
    memory
        Megabytes.
    gpu
        Graphics processors.
    disk, shared_memory
        Megabytes.
    """

    name = "resources"
    defaults = {"cpu": 1, "memory": 4096, "gpu": None, "disk": None, "shared_memory": None}
    types = {
        "cpu": (int, float),
        "memory": (int,),
        "gpu": (int, type(None)),
        "disk": (int, type(None)),
        "shared_memory": (int, type(None)),
    }
    example = "@resources(cpu=4, memory=16000)"

    def check(self) -> None:
        """Refuse amounts below zero, and no processor or memory at all."""
        for key, value in self.attributes.items():
            if value is not None and (value < 0 or (value == 0 and key in ("cpu", "memory"))):
                raise DecoratorError(
                    f"`@resources({key}={value})` must be more than zero", hint=self._hint()
                )
